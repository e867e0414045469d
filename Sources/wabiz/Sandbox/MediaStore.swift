// The files that the sandbox holds: uploaded by the business, or sent by a person of POST /sandbox/inbound. Bounded: the
// oldest go first.
import Foundation
import WABiz

struct StoredMedia: Sendable {
    var id: String
    var type: String
    var bytes: [UInt8]
    var isOnPremises = false

    var hash: [UInt8] {
        let digest = RunningDigest()
        bytes.withUnsafeBytes { digest.add($0) }
        return digest.finish()?.bytes ?? []
    }

    /// As the metadata and the On-Premises API spell it.
    var hex: String { hash.map { String(format: "%02x", $0) }.joined() }
    /// As webhooks of the Cloud API spell it.
    var base64: String { Data(hash).base64EncodedString() }
}

struct MediaStore: Sendable {
    private var files: [String: StoredMedia] = [:]
    private var order: [String] = []
    private var size = 0
    /// How often an id was looked up, for ids that play something.
    private var lookUps: [String: Int] = [:]

    /// Bytes of files that are kept.
    static let sizeLimit = 256 << 20

    /// What an answer does to the store.
    enum Change: Sendable {
        case add(StoredMedia)
        case remove(String)
        case lookedUp(String)
    }

    func file(_ id: String) -> StoredMedia? { files[id] ?? MagicMedia.file(id) }
    func lookUps(of id: String) -> Int { lookUps[id] ?? 0 }

    mutating func apply(_ change: Change) {
        switch change {
        case .add(let file):
            files[file.id] = file
            order.append(file.id)
            size += file.bytes.count
            while size > MediaStore.sizeLimit, order.count > 1 { remove(order[0]) }
        case .remove(let id): remove(id)
        case .lookedUp(let id):
            if lookUps.count > 10_000 { lookUps = [:] }
            lookUps[id, default: 0] += 1
        }
    }

    private mutating func remove(_ id: String) {
        guard let file = files.removeValue(forKey: id) else { return }
        size -= file.bytes.count
        order.removeAll { $0 == id }
    }
}
