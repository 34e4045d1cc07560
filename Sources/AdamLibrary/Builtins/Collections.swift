// Functions on lists and other sequences.
import AdamIR
import AdamSource

package enum CollectionBuiltins {
  package static let all: [Listed<BuiltinDefinition>] = [
    .init("len", len),
    .init("range", range),
    .init("enumerate", enumerate),
    .init("zip", zip),
    .init("map", map),
    .init("filter", filter),
    .init("append", append),
    .init("extend", extend),
    .init("insert", insert),
    .init("pop", pop),
    .init("reversed", reversed),
    .init("sorted", sorted),
  ]

  private static let sequence = ParameterDefinition("xs", .any, "list, tuple, range, string, tensor or data")

  static let len = BuiltinDefinition(
    name: "len", group: "list", summary: "Number of elements, rows, characters, layers or batches.",
    signature: Signature([sequence]), example: "print len([1, 2])  # prints: 2",
    page: Page(
      "The turns of a loop over the value: of data that is the batches of one pass over its training rows, as of "
        + "torch's DataLoader. Its rows are `data.rows`.",
      source: "len of Python", see: ["shape", "range"]), isPure: true,
    check: { context, arguments in
      switch (arguments["xs"] ?? .unknown).kindOfValue {
      case .none, .number, .bool, .function, .hook, .optimizer:
        context.report(.noLength(arguments["xs"]?.foundText ?? "this", at: arguments.place(of: "xs")))
        return .unknown
      case .list, .tuple: return arguments["xs"]?.knownCount.map { .number(exactly: $0) } ?? .number
      default: return .number
      }
    },
    run: { _, arguments throws(Diagnostic) in
      switch arguments["xs"] {
      case .layer(let layer)?: return .number(Double(max(1, layer.placeCount)))
      case .record(let box)?: return .number(Double(box.shownFields.count))
      case let value?:
        do throws(Diagnostic) {
          return .number(Double(try value.iterationCount(at: arguments.place(of: "xs"))))
        } catch {
          if case .data = value { throw error }
          throw .noLength(value.foundText, at: arguments.place(of: "xs"))
        }
      case nil: return .number(0)
      }
    })

  static let range = BuiltinDefinition(
    name: "range", group: "list", summary: "Whole numbers from start to before end, in steps.",
    signature: Signature([
      ParameterDefinition("start", .integer, "first number, or the end when alone"),
      ParameterDefinition("end", .integer, "first number left out", default: Constant.none),
      ParameterDefinition("step", .integer, "distance, not 0", default: .number(1)),
    ]),
    example: "print range(0, 10, 5)  # prints: [0, 5]",
    page: Page(source: "range of Python", see: ["arange", "linspace", "for"]), isPure: true,
    run: { _, arguments throws(Diagnostic) in
      let first = arguments.number("start") ?? 0
      let isSingle = arguments.number("end") == nil
      let lower = isSingle ? 0 : first
      let upper = arguments.number("end") ?? first
      let step = arguments.number("step") ?? 1
      guard step != 0 else {
        throw Diagnostic(
          .outOfRange, "`step` of `range` must not be 0", at: arguments.place(of: "step"))
      }
      let count = max(0, ((upper - lower) / step).rounded(.up))
      guard count <= Double(ValueLimit.elements), let n = Int(exactly: count) else {
        throw ValueError.conversion("a list of \(messageText(count)) numbers is too long", at: arguments.span)
      }
      return .list(ListBox((0..<n).map { .number(lower + Double($0) * step) }))
    })

  static let enumerate = BuiltinDefinition(
    name: "enumerate", group: "list", summary: "Pairs (index, element), from 0.",
    signature: Signature([sequence]),
    example: "for i, x in enumerate([\"a\"]) { print i, x }  # prints: 0 a",
    page: Page(source: "enumerate of Python", see: ["for", "zip"]), isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let values = try (arguments["xs"] ?? .none).listed(context.session, at: arguments.place(of: "xs"))
      return try context.list(of: values.count) { .tuple(TupleBox([.number(Double($0)), values[$0]])) }
    })

  static let zip = BuiltinDefinition(
    name: "zip", group: "list", summary: "Tuples of the elements at the same place; lengths must agree.",
    signature: Signature([ParameterDefinition("xs", .any, "sequences", isVariadic: true)]),
    example: "print zip([1, 2], [3, 4])  # prints: [(1, 3), (2, 4)]",
    page: Page(source: "zip of Python", see: ["for", "enumerate"]), isPure: true,
    run: { context, arguments throws(Diagnostic) in
      var columns: [[Value]] = []
      for (value, span) in arguments.variadic { columns.append(try value.listed(context.session, at: span)) }
      guard let count = columns.first?.count else { return .list(ListBox([])) }
      if let other = columns.first(where: { $0.count != count }) {
        throw ValueError.conversion(
          "`zip` needs sequences of one length, found \(count) and \(other.count)", at: arguments.span)
      }
      return try context.list(of: count) { i in .tuple(TupleBox(columns.map { $0[i] })) }
    })

  private static let function = ParameterDefinition("f", .function, "function of one element")

  static let map = BuiltinDefinition(
    name: "map", group: "list", summary: "The list of f(x) for every element.",
    signature: Signature([sequence, function]),
    example: "print map([1, 2], fn(x) x * 10)  # prints: [10, 20]",
    page: Page(source: "map of Python", see: ["filter", "fn"]),
    run: { context, arguments throws(Diagnostic) in
      var result: [Value] = []
      for value in try (arguments["xs"] ?? .none).listed(context.session, at: arguments.place(of: "xs")) {
        result.append(try context.call(arguments["f"] ?? .none, [value], at: arguments.span))
      }
      return .list(ListBox(result))
    })

  static let filter = BuiltinDefinition(
    name: "filter", group: "list", summary: "The elements for which f(x) is true.",
    signature: Signature([sequence, function]),
    example: "print filter([1, 2, 3], fn(x) x > 1)  # prints: [2, 3]",
    page: Page(source: "filter of Python", see: ["map", "fn"]),
    run: { context, arguments throws(Diagnostic) in
      var result: [Value] = []
      for value in try (arguments["xs"] ?? .none).listed(context.session, at: arguments.place(of: "xs")) {
        let keeps = try context.call(arguments["f"] ?? .none, [value], at: arguments.span)
        guard let keep = keeps.exactBool else {
          throw ValueError.condition(keeps, at: arguments.place(of: "f"))
        }
        if keep { result.append(value) }
      }
      return .list(ListBox(result))
    })

  private static let list = ParameterDefinition("xs", .list, "list")

  static let append = BuiltinDefinition(
    name: "append", group: "list", summary: "The list with one more element.",
    signature: Signature([list, ParameterDefinition("value", .any, "new last element")]),
    example: "xs = [1]\nxs.append(2)\nprint xs  # prints: [1, 2]",
    page: Page(
      "As a statement on a variable it changes the variable; as an expression it gives the new list.",
      source: "list.append of Python", see: ["extend", "insert", "pop"]), isPure: true,
    updatesVariable: true, yieldsToVariables: true, check: { _, _ in .listOf(.unknown) },
    run: { _, arguments throws(Diagnostic) in
      var list = arguments["xs"] ?? .none
      try list.append(arguments["value"] ?? .none, at: arguments.span)
      return list
    })

  static let extend = BuiltinDefinition(
    name: "extend", group: "list", summary: "The list with the elements of another behind it.",
    signature: Signature([list, ParameterDefinition("values", .any, "more elements")]),
    example: "xs = [1]\nxs.extend([2, 3])\nprint xs  # prints: [1, 2, 3]",
    page: Page(
      "As a statement on a variable it changes the variable; `a ++ b` joins two lists.",
      source: "list.extend of Python", see: ["append", "insert"]), isPure: true,
    updatesVariable: true, yieldsToVariables: true, check: { _, _ in .listOf(.unknown) },
    run: { context, arguments throws(Diagnostic) in
      let more = try (arguments["values"] ?? .none).listed(context.session, at: arguments.place(of: "values"))
      let list = arguments["xs"]?.elements ?? []
      try ValueLimit.check(elements: list.count + more.count, at: arguments.span)
      return .list(ListBox(list + more))
    })

  static let insert = BuiltinDefinition(
    name: "insert", group: "list", summary: "The list with an element before the given place.",
    signature: Signature([
      list, ParameterDefinition("index", .integer, "place of the new element"),
      ParameterDefinition("value", .any, "new element"),
    ]),
    example: "xs = [1, 3]\nxs.insert(1, 2)\nprint xs  # prints: [1, 2, 3]",
    page: Page(
      "As a statement on a variable it changes the variable.", source: "list.insert of Python",
      see: ["append", "pop"]), isPure: true,
    updatesVariable: true, yieldsToVariables: true, check: { _, _ in .listOf(.unknown) },
    run: { _, arguments throws(Diagnostic) in
      var elements = arguments["xs"]?.elements ?? []
      let index = arguments.whole("index")
      let place = index < 0 ? index + elements.count : index
      guard place >= 0, place <= elements.count else {
        throw ValueError.indexOutside(
          Double(index), count: elements.count, last: elements.count, of: "a list of \(elements.count)",
          at: arguments.place(of: "index"))
      }
      elements.insert(arguments["value"] ?? .none, at: place)
      return .list(ListBox(elements))
    })

  static let pop = BuiltinDefinition(
    name: "pop", group: "list", summary: "The list without one element, the last by default.",
    signature: Signature([list, ParameterDefinition("index", .integer, "place", default: .number(-1))]),
    example: "xs = [1, 2]\nxs.pop()\nprint xs  # prints: [1]",
    page: Page(
      "As a statement on a variable it changes the variable.", source: "list.pop of Python",
      see: ["append", "insert"]), isPure: true,
    updatesVariable: true, yieldsToVariables: true, check: { _, _ in .listOf(.unknown) },
    run: { _, arguments throws(Diagnostic) in
      var elements = arguments["xs"]?.elements ?? []
      let count = elements.count
      elements.remove(
        at: try IndexValue.place(
          arguments.number("index") ?? -1, count, "a list of \(count)", arguments.span))
      return .list(ListBox(elements))
    })

  static let reversed = BuiltinDefinition(
    name: "reversed", group: "list", summary: "The elements from last to first.",
    signature: Signature([sequence]), example: "print reversed([1, 2])  # prints: [2, 1]",
    page: Page(source: "reversed of Python", see: ["sorted"]), isPure: true,
    run: { context, arguments throws(Diagnostic) in
      .list(ListBox(try (arguments["xs"] ?? .none).listed(context.session, at: arguments.place(of: "xs")).reversed()))
    })

  static let sorted = BuiltinDefinition(
    name: "sorted", group: "list", summary: "Numbers or strings in ascending order.",
    signature: Signature([sequence]), example: "print sorted([2, 1])  # prints: [1, 2]",
    page: Page(source: "sorted of Python", see: ["reversed", "topk"]), isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let values = try (arguments["xs"] ?? .none).listed(context.session, at: arguments.place(of: "xs"))
      let order = try Value.ascending(values, isReversed: false, "sorted", at: arguments.place(of: "xs"))
      return .list(ListBox(order.map { values[$0] }))
    })
}

extension Diagnostic {
  fileprivate static func noLength(_ found: String, at span: Span) -> Diagnostic {
    ValueError.conversion("\(found) has no length", at: span)
  }
}
