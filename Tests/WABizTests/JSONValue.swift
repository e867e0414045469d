// A JSON value that tests take apart and change: members keep their order and may repeat, numbers keep their spelling.
@testable import WABiz

indirect enum JSONValue: Equatable, CustomStringConvertible {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Entry])

    struct Entry: Equatable {
        var name: String
        var value: JSONValue
    }

    enum Step: Equatable, CustomStringConvertible {
        case name(String)
        case index(Int)

        var description: String {
            switch self {
            case .name(let name): pointerPart(name)
            case .index(let index): "\(index)"
            }
        }
    }

    init(_ view: JSONView) {
        if view.isNull { self = .null; return }
        if let bool = view.bool { self = .bool(bool); return }
        if let text = view.string { self = .string(text); return }
        if view.isObject { self = .object(view.members.map { Entry(name: $0.name.string ?? "", value: JSONValue($0.value)) }); return }
        if view.isArray { self = .array(view.elements.map { JSONValue($0) }); return }
        self = .number(String(decoding: view.raw, as: UTF8.self))
    }

    init(text: String) throws { self = try Tape.read(Array(text.utf8), .tolerant) { (view) throws(Failure) in JSONValue(view) } }

    subscript(name: String) -> JSONValue? {
        guard case .object(let entries) = self else { return nil }
        return entries.last { $0.name == name }?.value
    }

    var description: String {
        String(decoding: bytes, as: UTF8.self)
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(&bytes)
        return bytes
    }

    private func write(_ bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let bool): bytes += (bool ? "true" : "false").utf8
        case .number(let spelling): bytes += spelling.utf8
        case .string(let text): JSONValue.quote(text, &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(&bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let entries): // the library's writer has no names that are made at run time, and none twice
            bytes.append(UInt8(ascii: "{"))
            for (index, entry) in entries.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONValue.quote(entry.name, &bytes)
                bytes.append(UInt8(ascii: ":"))
                entry.value.write(&bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func quote(_ text: String, _ bytes: inout [UInt8]) {
        var writer = JSONWriter()
        writer.string(text)
        bytes += writer.bytes
    }

    /// The same value with one place changed; nil removes the place, and a name that is not there is added.
    func replacing(_ path: [Step], _ change: (JSONValue?) -> JSONValue?) -> JSONValue? {
        guard let first = path.first else { return change(self) }
        let rest = Array(path.dropFirst())
        switch (self, first) {
        case (.object(var entries), .name(let name)):
            guard let index = entries.lastIndex(where: { $0.name == name }) else {
                if rest.isEmpty, let value = change(nil) { entries.append(Entry(name: name, value: value)) }
                return .object(entries)
            }
            if let value = entries[index].value.replacing(rest, change) { entries[index].value = value } else { entries.remove(at: index) }
            return .object(entries)
        case (.array(var elements), .index(let index)) where elements.indices.contains(index):
            if let value = elements[index].replacing(rest, change) { elements[index] = value } else { elements.remove(at: index) }
            return .array(elements)
        default: return self
        }
    }
}

func pointer(_ path: [JSONValue.Step]) -> String { path.map { "/\($0)" }.joined() }
