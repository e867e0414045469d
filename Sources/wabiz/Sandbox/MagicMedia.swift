// Media ids that need no upload and play something else than success: their last digits name what happens. This is the one
// table; GET /sandbox and docs/sandbox.md show it.
import WABiz

enum MagicMedia: String, CaseIterable {
    case whole = "9700"
    case cut = "9701"
    case wrongHash = "9702"
    case wrongSize = "9703"
    case oldURL = "9704"
    case goneURL = "9705"
    case redirect = "9706"
    case slow = "9707"
    case silent = "9708"

    var effect: String {
        switch self {
        case .whole: "a file of 65536 bytes that downloads well"
        case .cut: "the connection is cut in the middle of the file; the rest comes when it is asked for (Range)"
        case .wrongHash: "the metadata names another sha256"
        case .wrongSize: "the metadata names one byte more"
        case .oldURL: "the first look-up gives a URL that has run out: 404; the next one works"
        case .goneURL: "every URL is 404"
        case .redirect: "the URL redirects to another host, which answers 400 to a request with a token"
        case .slow: "the file comes after --slow-seconds"
        case .silent: "the URL never answers"
        }
    }

    /// What an id plays; it must be longer than its ending.
    init?(of id: String) {
        guard id.count > 4, id.allSatisfy({ $0.isASCII && ($0.isNumber || $0.isLetter || $0 == "-") }) else { return nil }
        self.init(rawValue: String(id.suffix(4)))
    }

    /// The file behind such an id: text that is the same every time.
    static func file(_ id: String) -> StoredMedia? {
        guard MagicMedia(of: id) != nil else { return nil }
        let line = Array("made-up media bytes of the sandbox\n".utf8)
        return StoredMedia(id: id, type: "text/plain", bytes: (0..<65536).map { line[$0 % line.count] })
    }

    static var tree: Tree {
        .array(allCases.map { ["ending": .string($0.rawValue), "effect": .string($0.effect), "example": .string("300000000" + $0.rawValue)] })
    }
}
