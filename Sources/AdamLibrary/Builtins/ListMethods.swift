// What lists are asked and told: order, places, membership. As statements, methods that change a list
// elsewhere update their variable.
import AdamIR
import AdamSource

package enum ListMethods {
  package static let all: [Listed<BuiltinDefinition>] = [
    .init("sort", sort),
    .init("reverse", reverse),
    .init("remove", remove),
    .init("index", index),
    .init("count", count),
    .init("contains", contains),
    .init("join", join),
  ]

  private static let list = ParameterDefinition("xs", .list, "list")
  private static let value = ParameterDefinition("value", .any, "element to look for")

  private static func method(
    _ name: String, _ summary: String, _ parameters: [ParameterDefinition], example: String,
    updates: Bool = false, gives result: @autoclosure @escaping @Sendable () -> AbstractValue,
    _ run: @escaping @Sendable ([Value], BoundArguments<Value>) throws(Diagnostic) -> Value
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "list", summary: summary, signature: Signature(parameters), example: example,
      isPure: true, updatesVariable: updates, yieldsToVariables: true,
      check: { _, _ in result() },
      run: { _, arguments throws(Diagnostic) in try run(arguments["xs"]?.elements ?? [], arguments) })
  }

  static let sort = BuiltinDefinition(
    name: "sort", group: "list", summary: "The list in ascending order, equal elements as they stood.",
    signature: Signature([
      list,
      ParameterDefinition(
        "key", .function, "function of an element; its results are compared", default: Constant.none,
        isKeywordOnly: true),
      ParameterDefinition("reverse", .bool, "descending", default: .bool(false), isKeywordOnly: true),
    ]),
    example: "xs = [2, 3, 1]\nxs.sort(reverse=true)\nprint xs  # prints: [3, 2, 1]", isPure: true,
    updatesVariable: true, yieldsToVariables: true,
    check: { _, arguments in arguments["xs"].map { .listOf($0.elementValue ?? .unknown) } ?? .unknown },
    run: { context, arguments throws(Diagnostic) in
      let elements = arguments["xs"]?.elements ?? []
      var keys = elements
      if let key = arguments["key"] {
        keys = []
        for element in elements { keys.append(try context.call(key, [element], at: arguments.place(of: "key"))) }
      }
      let place = arguments.place(of: arguments.isGiven("key") ? "key" : "xs")
      let order = try Value.ascending(keys, isReversed: arguments.bool("reverse") ?? false, "sort", at: place)
      return .list(ListBox(order.map { elements[$0] }))
    })

  static let reverse = method(
    "reverse", "The list from last to first.", [list],
    example: "xs = [1, 2]\nxs.reverse()\nprint xs  # prints: [2, 1]", updates: true, gives: .listOf(.unknown)
  ) { elements, _ in .list(ListBox(elements.reversed())) }

  static let remove = method(
    "remove", "The list without the first element equal to the value.", [list, value],
    example: "xs = [1, 2, 1]\nxs.remove(1)\nprint xs  # prints: [2, 1]", updates: true, gives: .listOf(.unknown)
  ) { elements, arguments throws(Diagnostic) in
    var elements = elements
    elements.remove(at: try place(elements, arguments))
    return .list(ListBox(elements))
  }

  static let index = method(
    "index", "The place of the first element equal to the value.", [list, value],
    example: "print [5, 7].index(7)  # prints: 1", gives: .number
  ) { elements, arguments throws(Diagnostic) in .number(Double(try place(elements, arguments))) }

  static let count = method(
    "count", "How many elements equal the value.", [list, value],
    example: "print [1, 2, 1].count(1)  # prints: 2", gives: .number
  ) { elements, arguments in
    let wanted = arguments["value"] ?? .none
    return .number(Double(elements.count { $0.equals(wanted, depth: 1) == true }))
  }

  static let contains = BuiltinDefinition(
    name: "contains", group: "list", summary: "Whether an element equals the value, or a record has the field.",
    signature: Signature([
      ParameterDefinition("xs", .oneOf([.list, .record]), "list or record"), value,
    ]),
    example: "print [1, 2].contains(2), (lr=0.1).contains(\"lr\")  # prints: true true", isPure: true,
    yieldsToVariables: true, check: { _, _ in .bool },
    run: { _, arguments in
      let wanted = arguments["value"] ?? .none
      if case .record(let box)? = arguments["xs"] {
        return .bool(wanted.exactString.map { box[$0] != nil } ?? false)
      }
      return .bool(arguments["xs"]?.elements?.contains { $0.equals(wanted, depth: 1) == true } ?? false)
    })

  static let join = method(
    "join", "The strings of a list as one string.",
    [list, ParameterDefinition("separator", .string, "stands between them", default: .string(""))],
    example: "print [\"a\", \"b\"].join(\", \")  # prints: a, b", gives: .string
  ) { elements, arguments throws(Diagnostic) in
    try TextMethods.joined(elements, arguments.string("separator") ?? "", at: arguments.place(of: "xs"))
  }

  private static func place(
    _ elements: [Value], _ arguments: BoundArguments<Value>
  ) throws(Diagnostic) -> Int {
    let wanted = arguments["value"] ?? .none
    if let place = elements.firstIndex(where: { $0.equals(wanted, depth: 1) == true }) { return place }
    throw ValueError.notInList(wanted, at: arguments.place(of: "value"))
  }
}

extension Value {
  /// The order of numbers or strings, ascending and stable; NaN stands last either way.
  static func ascending(
    _ keys: [Value], isReversed: Bool, _ callee: String, at span: Span
  ) throws(Diagnostic) -> [Int] {
    let numbers = keys.compactMap(\.exactNumber)
    let texts = keys.compactMap(\.exactString)
    if numbers.count == keys.count {
      return keys.indices.sorted { a, b in
        let (x, y) = (numbers[a], numbers[b])
        if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? a < b : y.isNaN }
        return x == y ? a < b : (x < y) != isReversed
      }
    }
    guard texts.count == keys.count else {
      throw ValueError.conversion("`\(callee)` needs numbers or strings", at: span)
    }
    return keys.indices.sorted { a, b in
      if texts[a].utf8.elementsEqual(texts[b].utf8) { return a < b }
      return texts[a].utf8.lexicographicallyPrecedes(texts[b].utf8) != isReversed
    }
  }
}

extension ValueError {
  static func notInList(_ value: Value, at span: Span) -> Diagnostic {
    var error = ValueError.conversion("no element equals \(value.shownShort)", at: span)
    error.helps = [Help("ask first: `xs.contains(…)`")]
    return error
  }
}

extension Value {
  /// The value for a message, cut when it is long.
  package var shownShort: String {
    let text = shown
    return text.count > 60 ? String(text.prefix(60)) + "…" : text
  }
}
