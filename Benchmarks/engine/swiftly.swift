// The same from Swift, without the C boundary: swiftly step|send URL CA HTTP N MESSAGES. Prints one line of JSON.
import Glibc
import WABiz
import WABizClient

let arguments = CommandLine.arguments
guard arguments.count == 7, let flying = Int(arguments[5]), let messages = Int(arguments[6]) else {
    print("usage: swiftly step|send URL CA 1.1|2 N MESSAGES")
    exit(2)
}
let config = """
    {"access_token":"token","phone_number_id":"1","base_url":"\(arguments[2])","ca_file":"\(arguments[3])","proxy":"","http":"\(arguments[4])",\
    "max_in_flight":\(flying),"max_queued":\(4 * flying),"messages_per_second":1000,"deadline_ms":600000}
    """

/// One client, and the two ways of sending with it.
struct Sender {
    let client: Client
    let flying: Int

    func message(_ i: Int) throws -> Message {
        let digits = String(i)
        let number = "+1555" + String(repeating: "0", count: max(0, 7 - digits.count)) + digits
        return try Message(.text(to: .phone(number), "Hello Ada, your order #\(i) has left our warehouse."))
    }

    func account(_ i: Int) -> SubmitOptions { SubmitOptions(account: AccountOverride(phoneNumberID: String(100000 + i / 500))) }

    /// Submits and steps, never more than twice as many outstanding as may fly.
    func step(_ first: Int, _ count: Int) throws {
        var (submitted, finished) = (0, 0)
        while finished < count {
            while submitted < count, submitted - finished < 2 * flying {
                _ = try client.submit(message(first + submitted), account(first + submitted))
                submitted += 1
            }
            for outcome in try client.step() {
                _ = try outcome.result.get()
                finished += 1
            }
        }
    }

    func send(_ first: Int, _ count: Int) throws {
        for i in first..<first + count { _ = try client.send(message(i), account(i)) }
    }
}

/// The highest resident set so far, in KB; getrusage would count what the process was before exec, too.
func peak() -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        if text.hasPrefix("VmHWM:") { return Int(text.filter(\.isNumber)) ?? 0 }
    }
    return 0
}

func usage() -> (wall: Double, cpu: Double) {
    var now = timespec()
    var used = rusage()
    clock_gettime(CLOCK_MONOTONIC, &now)
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &used)
    let cpu = Double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + Double(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6
    return (Double(now.tv_sec) + Double(now.tv_nsec) / 1e9, cpu)
}

let sender = Sender(client: try Client(config: Array(config.utf8)), flying: flying)
let work = arguments[1] == "send" ? sender.send : sender.step
try work(0, 200)
let before = usage()
try work(200, messages)
let after = usage()
print("{\"messages\":\(messages),\"wall\":\(after.wall - before.wall),\"cpu\":\(after.cpu - before.cpu),\"rss_kb\":\(peak())}")
