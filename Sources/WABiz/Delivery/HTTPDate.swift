// Dates of HTTP headers in the three spellings of RFC 9110 5.6.7, and On-Premises' own, as Unix seconds.

enum HTTPDate {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`; nil for anything else.
    static func seconds(_ text: String) -> Int? {
        guard text.utf8.count <= 64 else { return nil }
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }
        // The day's name is not needed; it shows which spelling this is.
        guard words.count >= 5, let name = words.first, name.utf8.allSatisfy({ !WebAddress.isDigit($0) }) else { return nil }
        let isC = month(words[1]) != nil
        guard isC ? words.count == 5 : words.count == 6 && words[5] == "GMT" else { return nil }
        guard let month = month(words[isC ? 1 : 2]), let day = Int(words[isC ? 2 : 1]), let year = year(words[isC ? 4 : 3]),
            let time = time(words[isC ? 3 : 4])
        else { return nil }
        return seconds(year: year, month: month, day: day, time)
    }

    /// `2021-09-14 15:29:26+00:00`, as On-Premises writes when a token ends; also with `T`, and with `Z` in place of the zone.
    static func seconds(expiry text: String) -> Int? {
        var bytes = [UInt8](text.utf8)
        if bytes.last == UInt8(ascii: "Z") { bytes = bytes.dropLast() + Array("+00:00".utf8) }
        guard bytes.count == 25, bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T") else { return nil }
        let sign = bytes[19]
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        func part(_ range: Range<Int>) -> Substring { Substring(decoding: bytes[range], as: UTF8.self) }
        let date = part(0..<10).split(separator: "-")
        let zone = part(20..<25).split(separator: ":")
        guard date.count == 3, zone.count == 2, let year = Int(date[0]), let month = Int(date[1]), let day = Int(date[2]),
            let hours = Int(zone[0]), let minutes = Int(zone[1]), 0...23 ~= hours, 0...59 ~= minutes, let time = time(part(11..<19)),
            let seconds = seconds(year: year, month: month, day: day, time)
        else { return nil }
        let offset = hours * 3600 + minutes * 60
        return sign == UInt8(ascii: "+") ? seconds - offset : seconds + offset
    }

    private static func month(_ name: Substring) -> Int? {
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        return names.firstIndex(of: name.lowercased()).map { $0 + 1 }
    }

    /// Two digits are of the years 1970 to 2069.
    private static func year(_ text: Substring) -> Int? {
        guard let year = Int(text), year >= 0 else { return nil }
        return text.utf8.count == 2 ? year + (year < 70 ? 2000 : 1900) : year
    }

    /// `08:49:37` as seconds of the day.
    private static func time(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(WebAddress.isDigit) }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), let seconds = Int(parts[2]),
            hours <= 23, minutes <= 59, seconds <= 60
        else { return nil }
        return hours * 3600 + minutes * 60 + seconds
    }

    /// Days since 1970 in the Gregorian calendar, with the year starting in March so that the leap day is its last.
    private static func seconds(year: Int, month: Int, day: Int, _ time: Int) -> Int? {
        guard 1970...9999 ~= year, 1...12 ~= month, 1...31 ~= day else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
        return days * 86_400 + time
    }
}
