// Methods of strings. Characters are what a reader sees as one (grapheme clusters), as in `len`.
import AdamIR
import AdamSource

package enum TextMethods {
  package static let all: [Listed<BuiltinDefinition>] = [
    .init("upper", upper),
    .init("lower", lower),
    .init("strip", strip),
    .init("split", split),
    .init("join", join),
    .init("replace", replace),
    .init("startswith", startswith),
    .init("endswith", endswith),
    .init("contains", contains),
    .init("index", index),
    .init("count", count),
  ]

  private static let text = ParameterDefinition("text", .string, "string")
  private static let part = ParameterDefinition("part", .string, "string to look for")

  private static func method(
    _ name: String, _ summary: String, _ more: [ParameterDefinition], example: String,
    gives result: @autoclosure @escaping @Sendable () -> AbstractValue,
    _ run: @escaping @Sendable (String, BoundArguments<Value>) throws(Diagnostic) -> Value
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "text", summary: summary, signature: Signature([text] + more), example: example,
      isPure: true, yieldsToVariables: true, check: { _, _ in result() },
      run: { _, arguments throws(Diagnostic) in try run(arguments.string("text") ?? "", arguments) })
  }

  private static func string(_ text: String) -> Value { .string(StringBox(text)) }

  static let upper = method(
    "upper", "The string in capitals.", [], example: "print \"adam\".upper()  # prints: ADAM", gives: .string
  ) { text, _ in string(text.uppercased()) }

  static let lower = method(
    "lower", "The string in small letters.", [], example: "print \"Adam\".lower()  # prints: adam", gives: .string
  ) { text, _ in string(text.lowercased()) }

  static let strip = method(
    "strip", "The string without white space at both ends.", [],
    example: "print \"  a b \".strip() + \"!\"  # prints: a b!", gives: .string
  ) { text, _ in
    let head = text.drop(while: \.isWhitespace)
    return string(String(String(head.reversed().drop(while: \.isWhitespace)).reversed()))
  }

  static let split = method(
    "split", "The parts of a string between separators, or its words.",
    [ParameterDefinition("separator", .string, "what stands between; white space if left out", default: Constant.none)],
    example: "print \"a,b\".split(\",\"), \"a  b\".split()  # prints: [\"a\", \"b\"] [\"a\", \"b\"]",
    gives: .listOf(.string)
  ) { text, arguments throws(Diagnostic) in
    guard let separator = arguments.string("separator") else {
      return .list(ListBox(text.split(whereSeparator: \.isWhitespace).map { string(String($0)) }))
    }
    if separator.isEmpty {
      throw ValueError.conversion("the separator is empty", at: arguments.place(of: "separator"))
    }
    return .list(ListBox(parts(text, separator).map { string($0) }))
  }

  static let join = method(
    "join", "The strings of a list with this one between them.",
    [ParameterDefinition("xs", .list, "list of strings")],
    example: "print \", \".join([\"a\", \"b\"])  # prints: a, b", gives: .string
  ) { text, arguments throws(Diagnostic) in
    try joined(arguments["xs"]?.elements ?? [], text, at: arguments.place(of: "xs"))
  }

  static let replace = method(
    "replace", "The string with every occurrence of a part replaced.",
    [part, ParameterDefinition("with", .string, "what stands there instead")],
    example: "print \"a-b\".replace(\"-\", \"+\")  # prints: a+b", gives: .string
  ) { text, arguments throws(Diagnostic) in
    let part = try wanted(arguments)
    return try joined(parts(text, part).map { string($0) }, arguments.string("with") ?? "", at: arguments.span)
  }

  static let startswith = method(
    "startswith", "Whether the string begins with a part.", [part],
    example: "print \"adam\".startswith(\"ad\")  # prints: true", gives: .bool
  ) { text, arguments in .bool(Array(text.utf8).starts(with: Array((arguments.string("part") ?? "").utf8))) }

  static let endswith = method(
    "endswith", "Whether the string ends with a part.", [part],
    example: "print \"a.csv\".endswith(\".csv\")  # prints: true", gives: .bool
  ) { text, arguments in
    .bool(text.utf8.reversed().starts(with: (arguments.string("part") ?? "").utf8.reversed()))
  }

  static let contains = method(
    "contains", "Whether a part occurs in the string.", [part],
    example: "print \"adam\".contains(\"da\")  # prints: true", gives: .bool
  ) { text, arguments in
    let part = Array(arguments.string("part") ?? "")
    return .bool(part.isEmpty || place(of: part, in: Array(text), from: 0) != nil)
  }

  static let index = method(
    "index", "The place of a part's first character.", [part],
    example: "print \"adam\".index(\"a\")  # prints: 0", gives: .number
  ) { text, arguments throws(Diagnostic) in
    let part = try wanted(arguments)
    if let place = place(of: Array(part), in: Array(text), from: 0) { return .number(Double(place)) }
    var error = ValueError.conversion(
      "\(quotedText(String(part.prefix(40)))) does not occur in the string", at: arguments.place(of: "part"))
    error.helps = [Help("ask first: `text.contains(…)`")]
    throw error
  }

  static let count = method(
    "count", "How often a part occurs, without overlaps.", [part],
    example: "print \"adam\".count(\"a\")  # prints: 2", gives: .number
  ) { text, arguments throws(Diagnostic) in
    .number(Double(parts(text, try wanted(arguments)).count - 1))
  }

  // MARK: Parts

  private static func wanted(_ arguments: BoundArguments<Value>) throws(Diagnostic) -> String {
    let part = arguments.string("part") ?? ""
    if part.isEmpty {
      throw ValueError.conversion("the string to look for is empty", at: arguments.place(of: "part"))
    }
    return part
  }

  /// Linear in practice: parts are short.
  private static func place(of part: [Character], in text: [Character], from start: Int) -> Int? {
    guard let first = part.first, part.count <= text.count else { return nil }
    var at = start
    while at + part.count <= text.count {
      if text[at] == first, text[at..<(at + part.count)].elementsEqual(part) { return at }
      at += 1
    }
    return nil
  }

  private static func parts(_ text: String, _ separator: String) -> [String] {
    let (all, part) = (Array(text), Array(separator))
    var result: [String] = []
    var start = 0
    while let end = place(of: part, in: all, from: start) {
      result.append(String(all[start..<end]))
      start = end + part.count
    }
    result.append(String(all[start...]))
    return result
  }

  static func joined(_ elements: [Value], _ separator: String, at span: Span) throws(Diagnostic) -> Value {
    var texts: [String] = []
    for element in elements {
      guard let text = element.exactString else {
        var error = ValueError.conversion("`join` needs strings, found \(element.foundText)", at: span)
        error.helps = [Help("make strings first: `[str(x) for x in xs]`")]
        throw error
      }
      texts.append(text)
    }
    let length = texts.reduce(0) { $0 + $1.utf8.count + separator.utf8.count }
    try ValueLimit.check(text: length, at: span)
    return string(texts.joined(separator: separator))
  }
}
