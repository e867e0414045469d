// The same messages from node's https agent, N in flight: node agent.mjs URL CA N MESSAGES. Prints one line of JSON.
import { readFileSync } from "node:fs"
import { Agent, request } from "node:https"

const [url, authority, flying, messages] = [process.argv[2], process.argv[3], Number(process.argv[4]), Number(process.argv[5])]
const { hostname, port } = new URL(url)
const agent = new Agent({ keepAlive: true, maxSockets: flying, ca: readFileSync(authority) })
const headers = { Authorization: "Bearer token", "Content-Type": "application/json" }

function send(i) {
  const body = JSON.stringify({
    messaging_product: "whatsapp", recipient_type: "individual", to: "+1555" + String(i).padStart(7, "0"), type: "text",
    text: { body: `Hello Ada, your order #${i} has left our warehouse.` },
  })
  return new Promise((resolve, reject) => {
    const path = `/v25.0/${100000 + Math.floor(i / 500)}/messages`
    const call = request({ agent, hostname, port, path, method: "POST", headers: { ...headers, "Content-Length": Buffer.byteLength(body) } }, answer => {
      const parts = []
      answer.on("data", part => parts.push(part))
      answer.on("end", () => resolve(JSON.parse(Buffer.concat(parts)).messages[0].id))
      answer.on("error", reject)
    })
    call.on("error", reject)
    call.end(body)
  })
}

async function callers(first, count) {
  let next = first
  const caller = async () => { while (next < first + count) await send(next++) }
  await Promise.all(Array.from({ length: flying }, caller))
}

await callers(0, 100)
const [wall, cpu] = [process.hrtime.bigint(), process.cpuUsage()]
await callers(100, messages)
const used = process.cpuUsage(cpu)
console.log(JSON.stringify({ messages, wall: Number(process.hrtime.bigint() - wall) / 1e9, cpu: (used.user + used.system) / 1e6, rss_kb: Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) }))
process.exit(0)
