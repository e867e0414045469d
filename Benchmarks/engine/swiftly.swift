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
let client = try Client(config: Array(config.utf8))

func message(_ i: Int) throws -> Message {
    let digits = String(i)
    let number = "+1555" + String(repeating: "0", count: max(0, 7 - digits.count)) + digits
    return try Message(.text(to: .phone(number), "Hello Ada, your order #\(i) has left our warehouse."))
}

func account(_ i: Int) -> SubmitOptions { SubmitOptions(account: AccountOverride(phoneNumberID: String(100000 + i / 500))) }

func keepFlying(_ first: Int, _ count: Int) throws {
    var (submitted, finished) = (0, 0)
    while finished < count {
        while submitted < count, submitted - finished < 2 * flying {
            _ = try client.submit(message(first + submitted), account(first + submitted))
            submitted += 1
        }
        for outcome in try client.step() {
            guard !(try outcome.result.get()).document.bytes.isEmpty else { continue }
            finished += 1
        }
    }
}

func sendEach(_ first: Int, _ count: Int) throws {
    for i in first..<first + count { _ = try client.send(message(i), account(i)) }
}

func usage() -> (wall: Double, cpu: Double, peak: Int) {
    var now = timespec()
    var used = rusage()
    clock_gettime(CLOCK_MONOTONIC, &now)
    getrusage(RUSAGE_SELF, &used)
    let cpu = Double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + Double(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6
    return (Double(now.tv_sec) + Double(now.tv_nsec) / 1e9, cpu, used.ru_maxrss)
}

let work = arguments[1] == "send" ? sendEach : keepFlying
try work(0, 200)
let before = usage()
try work(200, messages)
let after = usage()
print("{\"messages\":\(messages),\"wall\":\(after.wall - before.wall),\"cpu\":\(after.cpu - before.cpu),\"rss_kb\":\(after.peak)}")
