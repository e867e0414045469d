// libFuzzer's way in: one program for all targets, chosen by WABIZ_FUZZ_TARGET. What must always hold is said with `hold`;
// libFuzzer keeps the input that broke it.
import Glibc

private enum Target: String { case json, message, short, webhook, answer, outbox }

private let target: Target = {
    let name = unsafe getenv("WABIZ_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = Target(rawValue: name) else {
        print("Set WABIZ_FUZZ_TARGET to json, message, short, webhook, answer or outbox.")
        exit(2)
    }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    switch target {
    case .json: fuzzJSON(input)
    case .message: fuzzMessage(input)
    case .short: fuzzShortForm(input)
    case .webhook: fuzzWebhook(input)
    case .answer: fuzzAnswer(input)
    case .outbox:
        #if OUTBOX
        fuzzOutbox(input)
        #else
        hold(false, "the outbox has a program of its own")
        #endif
    }
    return 0
}

/// Says what was found and ends the program, so that the fuzzer keeps the input.
func hold(_ condition: Bool, _ claim: @autoclosure () -> String) {
    guard !condition else { return }
    print("BROKEN: \(claim())")
    unsafe fflush(nil)
    abort()
}

func shown(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(4000), as: UTF8.self) }

/// A document that is handed out is one JSON object, in the strict reading when it only holds our own words.
func holdDocument(_ bytes: [UInt8], _ tolerance: JSONTolerance, _ what: String) {
    let isObject = (try? Tape.read(bytes, tolerance) { $0.isObject }) ?? false
    hold(isObject, "\(what) is no JSON object: \(shown(bytes))")
}
