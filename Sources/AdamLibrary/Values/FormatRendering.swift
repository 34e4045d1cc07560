// `{x:spec}`: a value by a format spec `[[fill]<>^][+][0][width][,][.prec][dfeg%sx]`. Own rounding,
// so the text never depends on a locale or a C library.
import AdamIR
import AdamSource

/// A format spec taken apart. The parser has refused wrong ones already.
struct RenderingSpec {
  var fill: Character = " "
  var alignment: Character?
  var showsPlus = false
  var zeroPads = false
  var width = 0
  var groupsThousands = false
  var precision: Int?
  var kind: Character?
  /// Nobody prints wider columns; a bound keeps a typing mistake from taking the memory.
  private static let limit = 10_000

  init?(_ text: String) {
    var rest = Array(text)[...]
    if rest.count > 1, "<>^".contains(rest[rest.startIndex + 1]) {
      fill = rest.removeFirst()
      alignment = rest.removeFirst()
    } else if let first = rest.first, "<>^".contains(first) {
      alignment = rest.removeFirst()
    }
    if rest.first == "+" { showsPlus = rest.popFirst() != nil }
    if rest.first == "0" { zeroPads = rest.popFirst() != nil }
    width = Self.number(&rest) ?? 0
    if rest.first == "," { groupsThousands = rest.popFirst() != nil }
    if rest.first == "." {
      rest.removeFirst()
      guard let digits = Self.number(&rest) else { return nil }
      precision = digits
    }
    if let last = rest.popFirst() {
      guard "dfeg%sx".contains(last) else { return nil }
      kind = last
    }
    if !rest.isEmpty { return nil }
  }

  private static func number(_ rest: inout ArraySlice<Character>) -> Int? {
    var value: Int?
    while let digit = rest.first?.wholeNumberValue, rest.first?.isASCII == true {
      value = min((value ?? 0) * 10 + digit, limit)
      rest.removeFirst()
    }
    return value
  }
}

extension Value {
  /// The value as `{value:spec}` shows it.
  package func formatted(_ spec: String, at span: Span) throws(Diagnostic) -> String {
    guard let spec = RenderingSpec(spec) else {
      throw ValueError.format("`\(spec)` is no format", at: span)
    }
    if let x = exactNumber, spec.kind != "s" {
      return spec.padded(try spec.render(number: x, isSingle: isTensor, at: span), isNumber: true)
    }
    if let kind = spec.kind, kind != "s" {
      throw ValueError.format(
        "the format `\(kind)` shows a number, found \(foundText)", at: span)
    }
    var text = printed
    if let precision = spec.precision { text = String(text.prefix(precision)) }
    return spec.padded(text, isNumber: false)
  }

  private var isTensor: Bool { if case .tensor = self { true } else { false } }
}

extension RenderingSpec {
  /// Sign and digits of a number, without padding.
  func render(number x: Double, isSingle: Bool, at span: Span) throws(Diagnostic) -> String {
    let sign = x.sign == .minus && !x.isNaN ? "-" : (showsPlus ? "+" : "")
    if !x.isFinite { return sign + (x.isNaN ? "nan" : "inf") + (kind == "%" ? "%" : "") }
    let text: String
    switch kind {
    case "d", "x": text = try whole(x, at: span)
    case "f": text = fixed(ExactDecimal(x), precision ?? 6)
    case "%":
      var value = ExactDecimal(x)
      value.shift(2)
      text = fixed(value, precision ?? 6) + "%"
    case "e":
      let places = precision ?? 6
      text = ExactDecimal(x).rounded(significant: places + 1).scientific(places: places)
    case "g": text = general(ExactDecimal(x), precision ?? 6)
    default:
      if let precision {
        text = general(ExactDecimal(x), precision)
      } else {
        text = isSingle ? numberText(Float(x.magnitude)) : numberText(x.magnitude)
      }
    }
    return sign + (groupsThousands ? grouped(text) : text)
  }

  private func fixed(_ value: ExactDecimal, _ places: Int) -> String {
    value.rounded(places: places).fixed(places: places)
  }

  /// C's `%g`: significant digits, the exponent form only for very small and very large numbers,
  /// no trailing zeros.
  private func general(_ value: ExactDecimal, _ precision: Int) -> String {
    let count = max(precision, 1)
    let value = value.rounded(significant: count)
    if value.exponent < -4 || value.exponent >= count {
      let text = value.scientific(places: count - 1)
      guard let e = text.firstIndex(of: "e") else { return text }
      return trimmed(String(text[..<e])) + text[e...]
    }
    return trimmed(value.fixed(places: max(0, count - 1 - value.exponent)))
  }

  private func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  private func whole(_ x: Double, at span: Span) throws(Diagnostic) -> String {
    guard x == x.rounded(.towardZero) else {
      throw ValueError.format(
        "the format `\(kind ?? "d")` shows a whole number, found \(messageText(x))", at: span)
    }
    if kind == "d" { return ExactDecimal(x).fixed(places: 0) }
    guard let value = UInt64(exactly: x.magnitude) else {
      throw ValueError.format("\(messageText(x)) is too large for the format `x`", at: span)
    }
    return String(value, radix: 16)
  }

  private func grouped(_ text: String) -> String {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result + text.dropFirst(digits.count)
  }

  /// Numbers stand right, text left unless the spec says otherwise.
  func padded(_ text: String, isNumber: Bool) -> String {
    let missing = width - text.count
    guard missing > 0 else { return text }
    if zeroPads, isNumber, alignment == nil {
      let sign = text.first.map { $0 == "-" || $0 == "+" } == true ? 1 : 0
      return String(text.prefix(sign)) + String(repeating: "0", count: missing) + String(text.dropFirst(sign))
    }
    let left: Int
    switch alignment ?? (isNumber ? ">" : "<") {
    case ">": left = missing
    case "^": left = missing / 2
    default: left = 0
    }
    return String(repeating: fill, count: left) + text
      + String(repeating: fill, count: missing - left)
  }
}
