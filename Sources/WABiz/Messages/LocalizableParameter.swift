// The typed builders of what is sent on one dialect only: hsm (On-Premises, before v2.39) and pins of groups (Cloud API).

/// A value of an hsm message. The phone localises amounts and dates; `fallback` is shown when it cannot.
public struct LocalizableParameter: ExpressibleByStringLiteral {
    fileprivate let tree: Tree

    private init(_ fallback: String, _ name: String? = nil, _ value: Tree? = nil) {
        tree = ["default": .string(fallback)]
        if let name { tree.set(name, value) }
    }

    public init(stringLiteral text: String) { self.init(text) }

    public static func text(_ text: String) -> LocalizableParameter { LocalizableParameter(text) }

    /// - Parameters:
    ///   - code: ISO 4217.
    ///   - amount1000: the amount times 1000.
    public static func currency(_ fallback: String, code: String, amount1000: Int) -> LocalizableParameter {
        LocalizableParameter(fallback, "currency", ["currency_code": .string(code), "amount_1000": .integer(amount1000)])
    }

    /// - Parameter time: seconds since 1970.
    public static func date(_ fallback: String, time: Int) -> LocalizableParameter {
        LocalizableParameter(fallback, "date_time", ["unix_epoch": ["timestamp": .integer(time)]])
    }

    /// - Parameter component: the parts of the date as Meta names them, such as `year` and `day_of_week`.
    public static func date(_ fallback: String, component: [(String, Tree)]) -> LocalizableParameter {
        LocalizableParameter(fallback, "date_time", ["component": .object(component.map { ($0.0, $0.1) })])
    }
}

extension Draft {
    /// - Parameters:
    ///   - name: the name of the template (`element_name`).
    ///   - language: such as `en_US`.
    public static func hsm(to recipient: Recipient, _ name: String, namespace: String, language: String, _ parameters: [LocalizableParameter] = []) -> Draft {
        Draft(
            "hsm",
            [
                "namespace": .string(namespace), "element_name": .string(name), "language": ["policy": "deterministic", "code": .string(language)],
                "localizable_params": .array(parameters.map(\.tree)),
            ], to: recipient)
    }

    /// Pins a message of a group.
    /// - Parameter days: how many days it stays pinned.
    public static func pin(group: String, _ messageID: String, days: Int) -> Draft {
        Draft("pin", ["type": "pin", "message_id": .string(messageID), "expiration_days": .integer(days)], to: .group(group))
    }

    /// Takes a pin off.
    public static func unpin(group: String, _ messageID: String) -> Draft {
        Draft("pin", ["type": "unpin", "message_id": .string(messageID)], to: .group(group))
    }
}
