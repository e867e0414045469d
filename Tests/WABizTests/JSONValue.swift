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
        var writer = JSONWriter()
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    var bytes: [UInt8] { Array(description.utf8) }

    private func write(_ writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let bool): writer.bool(bool)
        case .number(let spelling): writer.raw(Array(spelling.utf8))
        case .string(let text): writer.string(text)
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.write(&writer) }
            writer.endArray()
        case .object(let entries):
            var text = "{"
            for (index, entry) in entries.enumerated() {
                text += index == 0 ? "" : ","
                text += "\(JSONValue.string(entry.name)):\(entry.value)"
            }
            writer.raw(Array((text + "}").utf8))
        }
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
