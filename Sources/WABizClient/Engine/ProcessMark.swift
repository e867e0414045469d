// Tells a process from a child that it forked, without asking the system each time: a page that the kernel hands to a child as zeros.
import Glibc

/// Made in one process; whoever holds a copy of it after `fork()` is foreign. Where the system knows no such pages (before Linux 4.14,
/// under some emulators), the process id is compared.
@safe struct ProcessMark: ~Copyable {
    private var page: UnsafeMutablePointer<UInt8>?
    private let size = Int(sysconf(Int32(_SC_PAGESIZE)))
    private let process = getpid()

    init() {
        unsafe page = nil
        guard size > 0, let made = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), unsafe made != MAP_FAILED else { return }
        // An emulator that says yes to any advice follows none.
        guard unsafe madvise(made, size, -1) != 0, unsafe madvise(made, size, ProcessMark.wipeOnFork) == 0 else {
            unsafe munmap(made, size)
            return
        }
        unsafe made.storeBytes(of: 1, as: UInt8.self)
        unsafe page = made.assumingMemoryBound(to: UInt8.self)
    }

    /// `MADV_WIPEONFORK`, which older headers lack.
    private static let wipeOnFork: Int32 = 18

    deinit {
        if let page = unsafe page { unsafe munmap(page, size) }
    }

    /// True in a process other than the one that made it.
    var isForeign: Bool {
        guard let page = unsafe page else { return getpid() != process }
        return unsafe page.pointee == 0
    }
}
