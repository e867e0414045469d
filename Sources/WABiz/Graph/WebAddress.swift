// Takes an absolute URL apart as far as its safety needs: scheme, host, and whether it stays on this machine. It reads
// less than a browser does and refuses the rest, so that curl cannot understand an address differently from us.

struct WebAddress {
    /// Lower case.
    let scheme: String
    let hasUserInfo: Bool
    /// Lower case; an IPv6 address with its brackets.
    let host: String
    /// `https://graph.facebook.com`: scheme, host and port; a port that goes without saying is left out.
    let origin: String
    /// From the first slash on, without trailing slashes.
    let path: String
    let hasQueryOrFragment: Bool

    /// Nil for what is no absolute URL of plain ASCII with a host.
    init?(_ text: String) {
        let bytes = [UInt8](text.utf8)
        guard bytes.allSatisfy(WebAddress.isAllowed), let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = bytes[..<colon]
        guard !scheme.isEmpty, scheme.allSatisfy(WebAddress.isAlphanumeric), bytes[colon...].starts(with: Array("://".utf8)) else {
            return nil
        }
        let rest = bytes[colon...].dropFirst(3)
        let end = rest.firstIndex { [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0) } ?? rest.endIndex
        let authority = rest[..<end]
        let tail = rest[end...]
        let at = authority.lastIndex(of: UInt8(ascii: "@"))
        let place = at.map { authority[$0...].dropFirst() } ?? authority
        guard let host = WebAddress.host(of: place) else { return nil }
        let pathEnd = tail.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? tail.endIndex
        var path = tail[..<pathEnd]
        while path.last == UInt8(ascii: "/") { path = path.dropLast() }
        self.scheme = String(decoding: scheme, as: UTF8.self).lowercased()
        self.host = host
        origin = self.scheme + "://" + host + WebAddress.port(of: place.dropFirst(host.utf8.count), self.scheme)
        self.path = String(decoding: path, as: UTF8.self)
        hasUserInfo = at != nil
        hasQueryOrFragment = pathEnd != tail.endIndex
    }

    /// True for 127.0.0.0/8 in dotted decimal, `[::1]` and `localhost`, which curl resolves by itself.
    var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { part in
            UInt8(part).map { $0.description == part } ?? false
        }
    }

    /// The host before an optional port; nil when either is malformed.
    private static func host(of authority: ArraySlice<UInt8>) -> String? {
        let isBracketed = authority.first == UInt8(ascii: "[")
        let hostEnd: Int
        if isBracketed {
            guard let bracket = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            hostEnd = bracket + 1
        } else {
            hostEnd = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        }
        let host = authority[..<hostEnd]
        let port = authority[hostEnd...]
        if let colon = port.first {
            guard colon == UInt8(ascii: ":"), port.count > 1, port.dropFirst().allSatisfy(isDigit),
                let number = UInt16(String(decoding: port.dropFirst(), as: UTF8.self)), number > 0
            else { return nil }
        }
        let name = isBracketed ? host.dropFirst().dropLast() : host
        guard !name.isEmpty, name.allSatisfy(isBracketed ? isAddressByte : isNameByte) else { return nil }
        return String(decoding: host, as: UTF8.self).lowercased()
    }

    /// `:8080`, or nothing for the port that the scheme stands for.
    private static func port(of text: ArraySlice<UInt8>, _ scheme: String) -> String {
        let digits = String(decoding: text.dropFirst().drop { $0 == UInt8(ascii: "0") }, as: UTF8.self)
        return digits.isEmpty || scheme == "https" && digits == "443" || scheme == "http" && digits == "80" ? "" : ":" + digits
    }

    static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }

    private static func isNameByte(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: ".") || isDash(byte) }
    private static func isDash(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte | 0x20 || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    /// Visible ASCII without the marks that URL readers disagree about.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        let doubtful: StaticString = "\"<>\\^`{|}"
        return 0x21...0x7E ~= byte && !doubtful.description.utf8.contains(byte)
    }
}
