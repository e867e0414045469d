// Key material in memory: one copy with one owner, overwritten when the owner is gone.
import CCrypto

@safe final class WipedBytes {
    private let memory: UnsafeMutableRawBufferPointer

    /// Zeros.
    init(count: Int) {
        unsafe memory = .allocate(byteCount: max(count, 1), alignment: 16)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
        self.count = count
    }

    convenience init(_ bytes: UnsafeRawBufferPointer) {
        self.init(count: bytes.count)
        unsafe memory.copyMemory(from: bytes)
    }

    deinit {
        unsafe OPENSSL_cleanse(memory.baseAddress, memory.count)
        unsafe memory.deallocate()
    }

    private(set) var count: Int

    /// What lies behind stays allocated, and is wiped with the rest.
    func shorten(to count: Int) { self.count = max(0, min(count, self.count)) }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe body(UnsafeRawBufferPointer(rebasing: memory[0..<count]))
    }

    func withMutableBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
        unsafe body(UnsafeMutableRawBufferPointer(rebasing: memory[0..<count]))
    }

    /// A part of it; nil when it reaches beyond the end.
    func part(_ range: Range<Int>) -> WipedBytes? {
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        return unsafe WipedBytes(UnsafeRawBufferPointer(rebasing: memory[range]))
    }
}
