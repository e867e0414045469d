// Makes the ids that Meta's servers would give: opaque to clients, unique, of the real shapes and lengths.
import Foundation

enum Identifiers {
    /// The id of a message on the Cloud API: `wamid.` and base64, like Meta's. Never to be parsed by a client.
    static func cloud(person: String, inbound: Bool) -> String {
        let digits = Array(person.utf8.prefix(100))
        var bytes: [UInt8] = [0x1C, 0x18, UInt8(digits.count)]
        bytes += digits
        bytes += [0x15, 0x02, 0x00, inbound ? 0x12 : 0x11, 0x18, inbound ? 0x14 : 0x12]
        bytes += hex(inbound ? 20 : 18).uppercased().utf8
        bytes.append(0)
        return "wamid." + Data(bytes).base64EncodedString()
    }

    /// The id of a message on the On-Premises API: `gBGG…` for one that was sent, `ABGG…` for one that came in.
    static func onPremises(inbound: Bool) -> String {
        let bytes: [UInt8] = (inbound ? [0x00, 0x11, 0x86] : [0x80, 0x11, 0x86]) + random(17)
        return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// What Meta's support asks for when an error is reported.
    static func trace() -> String {
        "A" + Data(random(16)).base64EncodedString().replacing("+", with: "_").replacing("/", with: "-").replacing("=", with: "")
    }

    /// Hexadecimal digits, lower case.
    static func hex(_ count: Int) -> String {
        String((0..<count).map { _ in "0123456789abcdef".randomElement() ?? "0" })
    }

    /// Decimal digits, the first one no zero.
    static func digits(_ count: Int) -> String {
        String((0..<count).map { place in (place == 0 ? "123456789" : "0123456789").randomElement() ?? "1" })
    }

    private static func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: .min ... .max) } }
}
