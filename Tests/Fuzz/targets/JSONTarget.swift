// The tape against Jansson: both accept the same texts and read the same values from them; the tolerant reading takes all that
// the strict one takes, and walking it never fails.
import CJansson
import Glibc

func fuzzJSON(_ input: [UInt8]) {
    let jansson = unsafe input.withUnsafeBytes { unsafe json_loadb($0.bindMemory(to: CChar.self).baseAddress, input.count, Int(JSON_DECODE_ANY), nil) }
    defer { unsafe wabiz_json_release(jansson) }
    let isStrict = (try? Tape.read(input) { view in
        guard let jansson = unsafe jansson else { return }
        unsafe compare(view, jansson)
    }) != nil
    // Jansson overlooks a NUL byte directly behind a number, which no JSON text may hold.
    if isStrict || !input.contains(0) { hold(unsafe isStrict == (jansson != nil), "the tape says \(isStrict), Jansson the opposite: \(shown(input))") }
    let isTolerant = (try? Tape.read(input, .tolerant) { view in walk(view) }) != nil
    hold(isTolerant || !isStrict, "the tolerant reading refuses what the strict one takes: \(shown(input))")
    do { try Tape.read(input) { _ in } } catch {
        guard let place = error.position else { return }
        hold((0...input.count).contains(place.byte) && place.line > 0 && place.column > 0, "the position \(place) lies outside of \(input.count) bytes")
    }
}

private func compare(_ view: JSONView, _ value: UnsafeMutablePointer<json_t>) {
    switch unsafe json_type(UInt32(wabiz_json_kind(value))) {
    case JSON_NULL: hold(view.isNull, "null")
    case JSON_TRUE: hold(view.bool == true, "true")
    case JSON_FALSE: hold(view.bool == false, "false")
    case JSON_INTEGER: unsafe hold(view.integer == Int(json_integer_value(value)), "the integer \(shown(view.raw))")
    case JSON_REAL: unsafe hold(view.number == json_real_value(value), "the real \(shown(view.raw))")
    case JSON_STRING:
        let text = unsafe [UInt8](UnsafeRawBufferPointer(start: json_string_value(value), count: json_string_length(value)))
        hold(view.utf8 == text, "the string \(shown(view.raw))")
    case JSON_ARRAY:
        unsafe hold(view.isArray && view.count == json_array_size(value), "the length of an array")
        for (index, element) in view.elements.enumerated() {
            guard let other = unsafe json_array_get(value, index) else { return hold(false, "an element is missing") }
            unsafe compare(element, other)
        }
    default: unsafe compareObjects(view, value)
    }
}

private func compareObjects(_ view: JSONView, _ object: UnsafeMutablePointer<json_t>) {
    hold(view.isObject, "an object")
    // Of a repeated name Jansson keeps the last value.
    var last: [[UInt8]: JSONView] = [:]
    for (name, member) in view.members { last[name.utf8 ?? []] = member }
    unsafe hold(last.count == json_object_size(object), "the number of members")
    for (name, member) in last {
        let other = unsafe name.withUnsafeBytes { unsafe json_object_getn(object, $0.bindMemory(to: CChar.self).baseAddress, name.count) }
        guard let other = unsafe other else { return hold(false, "the member \(shown(name)) is missing") }
        unsafe compare(member, other)
    }
}

/// Every way of looking at every value.
private func walk(_ view: JSONView) {
    _ = (view.kindName, view.bool, view.integer, view.lenientInteger, view.number, view.string, view.equals("type"), view.equalsIgnoringCase("type"))
    var members = 0, elements = 0
    for (name, value) in view.members {
        members += 1
        hold(name.isString, "a name is a string")
        hold(name.sameText(as: name), "a name equals itself")
        walk(value)
    }
    for element in view.elements {
        elements += 1
        walk(element)
    }
    hold(view.count == members + elements, "count says \(view.count), there are \(members + elements)")
    hold(view.objects.reduce(0) { count, _ in count + 1 } >= (view.isObject ? 1 : 0), "objects")
    if view.isArray, elements > 0 { hold(view.element(elements - 1) != nil && view.element(elements) == nil, "the last element") }
    let word: StaticString = "messaging_product"
    hold(view.equals(word) == (view.utf8 == Array("messaging_product".utf8)), "equals differs from the text of \(shown(view.raw))")
}
