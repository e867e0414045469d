// hsm: the template message of On-Premises clients before v2.39, with parameters that the phone localises.

enum HSMShapes {
    static let hsm = ObjectShape(
        name: "hsm",
        members: [
            Member("namespace", .string(StringShape(limits: [Limits.hsmName])), required: .all, "the namespace of the account; it must fit element_name."),
            Member("element_name", .string(StringShape(limits: [Limits.hsmName])), required: .all, "the name of the template."),
            Member("language", .object(language), required: .all, "the language of the template."),
            Member("localizable_params", .array(ArrayShape(element: .object(parameter))), required: .all, "the values in order; may be empty."),
        ])

    private static let language = ObjectShape(
        name: "hsm.language",
        members: [
            Member(
                "policy", .string(StringShape(words: ["deterministic"], retired: [("fallback", .onPremises)])), required: .all,
                "\"deterministic\"; \"fallback\" was removed in v2.27.8."),
            Member("code", .string(StringShape(format: .languageCode)), required: .all, "the language of the template, such as en_US."),
        ])

    private static let parameter = ObjectShape(
        name: "hsm.localizable_params",
        members: [
            Member("default", .string(StringShape()), required: .all, "what is shown when the phone cannot localise."),
            Member("currency", .object(currency), "an amount of money."),
            Member("date_time", .object(dateTime), "a date."),
        ],
        rules: [.currencyOrDate])

    private static let currency = ObjectShape(
        name: "hsm.currency",
        members: [
            Member("currency_code", .string(StringShape(format: .currencyCode)), required: .all, "the currency by ISO 4217."),
            Member("amount_1000", .number(NumberShape()), required: .all, "the amount times 1000, an integer."),
        ])

    private static let dateTime = ObjectShape(
        name: "hsm.date_time",
        members: [
            Member("component", .object(component), "the parts of the date."),
            Member("unix_epoch", .object(epoch), "the moment."),
        ],
        rules: [.componentOrEpoch])

    private static let epoch = ObjectShape(
        name: "hsm.unix_epoch", members: [Member("timestamp", .number(NumberShape()), required: .all, "seconds since 1970.")])

    private static func part(_ limit: Limit? = nil) -> Shape { .number(NumberShape(limits: limit.map { [$0] } ?? [])) }

    private static let component = ObjectShape(
        name: "hsm.component",
        members: [
            Member("day_of_week", .string(StringShape(format: .dayOfWeek, integer: .accepted)), "1 to 7, or the name of the day."),
            Member("year", part(), "the year."),
            Member("month", part(Limits.month), "1 to 12."),
            Member("day_of_month", part(Limits.dayOfMonth), "1 to 31."),
            Member("hour", part(Limits.hour), "0 to 23."),
            Member("minute", part(Limits.minute), "0 to 59."),
            Member("calendar", .string(StringShape(words: ["GREGORIAN", "SOLAR_HIJRI"], otherWord: .warning)), "the calendar of the date."),
        ])
}

extension Rule {
    static let currencyOrDate = Rule("hsm.localizable_params", "At most one of currency and date_time.") { parameter, walk in
        guard parameter["currency"] != nil, parameter["date_time"] != nil else { return }
        walk.report(.error(.exactlyOneOf, "\"currency\" and \"date_time\" are both given; keep one."), rule: RuleName("hsm.localizable_params"))
    }

    static let componentOrEpoch = Rule("hsm.date_time", "Exactly one of component and unix_epoch.") { date, walk in
        let hasBoth = date["component"] != nil && date["unix_epoch"] != nil
        guard hasBoth || date["component"] == nil && date["unix_epoch"] == nil else { return }
        walk.report(
            .error(.exactlyOneOf, hasBoth ? "\"component\" and \"unix_epoch\" are both given; keep one." : "Add \"component\" with the parts of the date, or \"unix_epoch\"."),
            rule: RuleName("hsm.date_time"))
    }
}
