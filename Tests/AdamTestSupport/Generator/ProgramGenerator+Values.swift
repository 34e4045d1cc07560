// Expressions of plausible programs, by the kind of value that is wanted.

extension ProgramGenerator {
  /// An expression of a kind; now and then of another one.
  mutating func value(_ wanted: ValueKind) -> String {
    let kind = isCareless && random.once(in: 15) ? random.pick(ValueKind.allCases) : wanted
    if let name = name(kind), random.once(in: 2) { return name }
    guard depth < 4 else { return leaf(kind) }
    depth += 1
    defer { depth -= 1 }
    switch kind {
    case .number: return number()
    case .whole: return whole()
    case .bool: return "(\(bool()))"
    case .string: return string()
    case .tensor: return tensor()
    case .list: return list()
    case .layer: return random.once(in: 3) ? network() : call(NameCatalog.standard.entries(["layer"]), bare: true)
    case .function: return "(\(function()))"
    case .optimizer: return call(NameCatalog.standard.entries(["optimizer"]))
    case .data: return dataValue()
    case .record: return "(a=\(value(.number)), b=\(value(random.pick(ValueKind.allCases))))"
    }
  }

  /// A bound name of a kind.
  mutating func name(_ kind: ValueKind) -> String? {
    guard let names = scope[kind], !names.isEmpty else { return nil }
    return random.pick(names)
  }

  private mutating func leaf(_ kind: ValueKind) -> String {
    switch kind {
    case .number: literal()
    case .whole: "\(isCareless ? random.below(4) : 1 + random.below(2))"
    case .bool: random.pick(["true", "false"])
    case .string: random.pick(["\"a\"", "\"\"", "\"loss\"", "\"t.csv\"", "\"é\""])
    case .tensor: "tensor(\(matrix(1 + random.below(3), features)))"
    case .list: random.pick(["[1, 2, 3]", "[]", "[[1, 2], [3]]", "[\"a\", none]", "[mae, r2]"])
    case .layer: random.pick(["relu", "linear(2, 2)", name(.layer) ?? "sigmoid"])
    case .function: random.pick(["mse", "fn(x) x", "sin", "fn() 1"])
    case .optimizer: "adam()"
    case .data: name(.data) ?? "(\(matrix(2, features)), \(matrix(2, outputs)))"
    case .record: random.pick(["(a=1)", "()", "every(1)"])
    }
  }

  private mutating func boundary() -> String { !isCareless ? literal() : "(\(random.pick(BoundaryNumbers.expressions)))" }

  private mutating func number() -> String {
    switch random.below(11) {
    case 0: boundary()
    case 1, 2: literal()
    case 3: "\(value(.number)) \(random.pick(["+", "-", "*", "/", "%"])) \(value(.number))"
    case 4: "(\(value(.number)))^\(value(.number))"
    case 5: "\(random.pick(["sum", "mean", "max", "min", "len", "norm", "std", "var"]))(\(value(random.pick([.tensor, .list]))))"
    case 6: call(NameCatalog.standard.entries(["math", "text"]))
    case 7: "if \(value(.bool)) { \(value(.number)) } else { \(value(.number)) }"
    case 8: "\(value(random.pick([.list, .tensor])))[\(value(.whole))]"
    case 9: "\(name(.record) ?? "(a=1, loss=2)").\(random.pick(["a", "a", "a", "loss", "best.epoch"]))"
    default: call(NameCatalog.standard.entries(["metric", "loss"]))
    }
  }

  private mutating func whole() -> String {
    switch random.below(8) {
    case 0: boundary()
    case 1: "len(\(value(random.pick([.list, .string, .tensor]))))"
    case 2: isCareless ? "-\(random.below(4))" : "1"
    default: leaf(.whole)
    }
  }

  private mutating func bool() -> String {
    switch random.below(6) {
    case 0: random.pick(["true", "false"])
    case 1: "not \(value(.bool))"
    case 2: "\(value(.bool)) \(random.pick(["and", "or"])) \(value(.bool))"
    case 3: "\(random.pick(["all", "any"]))(\(value(.tensor)) > \(value(.number)))"
    default:
      "\(value(isCareless ? random.pick(ValueKind.allCases) : .number)) \(random.pick(["==", "!=", "<", ">="])) \(value(.number))"
    }
  }

  private mutating func string() -> String {
    switch random.below(6) {
    case 0: "\(value(.string)) + \(value(.string))"
    case 1: "str(\(value(random.pick(ValueKind.allCases))))"
    case 2, 3: "\"a {\(unquoted())\(random.pick(["", ":.2f", ":5d", ":>8", ":x", ":.3e", ":%", ":,", ":s", ":+09.1g"]))}\""
    default: leaf(.string)
    }
  }

  /// A value without strings, so that the line stays readable.
  private mutating func unquoted() -> String { name(.number) ?? name(.tensor) ?? literal() }

  private mutating func tensor() -> String {
    switch random.below(12) {
    case 0, 1: leaf(.tensor)
    case 2: call(NameCatalog.standard.entries(["random"]))
    case 3, 4: call(NameCatalog.standard.entries(["tensor"]))
    case 5: "\(value(.tensor)) \(random.pick(["+", "-", "*", "/", "@", "%", "^"])) \(value(random.pick([.tensor, .number, .list])))"
    case 6: "\(value(.tensor))[\(slice()), \(slice())]"
    case 7: "\(name(.layer) ?? "relu")(\(value(.tensor)))"
    case 8: "(\(value(.tensor))).\(random.pick(["reshape(-1, 1)", "shape", "sum(axis=0)", "mean(axis=1)", "transpose()", "argmax()"]))"
    case 9: "grad(\(value(.function)))(\(value(.tensor)))"
    case 10: call(NameCatalog.standard.entries(["math", "layer"]))
    default: matrix(1 + random.below(3), 1 + random.below(3))
    }
  }

  mutating func slice() -> String {
    switch random.below(6) {
    case 0: ":"
    case 1: "\(value(.whole))..."
    case 2: "..<\(value(.whole))"
    case 3: "\(random.below(3))..<\(random.below(4))"
    default: value(.whole)
    }
  }

  private mutating func list() -> String {
    switch random.below(8) {
    case 0: "[\(value(.number)) for i in 0..<\(random.once(in: 10) ? value(.whole) : "3") if i != 1]"
    case 1: "\(value(.list)) ++ \(value(.list))"
    case 2, 3: call(NameCatalog.standard.entries(["list"]))
    case 4: "[\(value(.number)), \(value(random.pick(ValueKind.allCases)))]"
    case 5: "\(value(.list))[\(slice())]"
    default: leaf(.list)
    }
  }

  private mutating func function() -> String {
    switch random.below(5) {
    case 0: leaf(.function)
    case 1: "fn(x, y) \(value(.number))"
    case 2: "grad(\(value(.function)))"
    case 3: random.pick(NameCatalog.standard.entries).name
    default: "fn(x) { \(value(.tensor)) }"
    }
  }

  private mutating func dataValue() -> String {
    switch random.below(5) {
    case 0: "(\(value(.tensor)), \(value(.tensor)))"
    case 1: call(NameCatalog.standard.entries(["data"]))
    case 2: "csv(\"t.csv\", \(random.pick(["target=\"c\"", "label=\"c\"", "target=\"a\"", "inputs=[\"a\"]"])))"
    default: "(\(leaf(.data))).\(random.pick(["train", "val", "test", "x", "y", "rows"]))"
    }
  }

  // MARK: Calls

  /// A call of one of some names with arguments that mostly fit. `skipping` leaves out the first ones, which
  /// a pipe gives; `bare` may leave out the parentheses.
  mutating func call(_ entries: [CatalogEntry], skipping: Int = 0, bare: Bool = false) -> String {
    let entry = random.pick(entries)
    if bare, random.once(in: 3) { return entry.name }
    depth += 1
    defer { depth -= 1 }
    var arguments: [String] = []
    for parameter in entry.parameters.dropFirst(skipping) {
      guard parameter.isRequired || random.once(in: 3) else { continue }
      let kinds = ValueKind.kinds(of: parameter)
      let count = parameter.isVariadic ? random.below(4) : 1
      for _ in 0..<count {
        let text = value(random.pick(kinds))
        arguments.append(parameter.isRequired || parameter.isVariadic ? text : "\(parameter.name)=\(text)")
      }
    }
    damage(&arguments)
    return "\(entry.name)(\(arguments.joined(separator: ", ")))"
  }

  /// Now and then too few, too many or unknown arguments.
  private mutating func damage(_ arguments: inout [String]) {
    guard isCareless else { return }
    switch random.below(40) {
    case 0: _ = arguments.popLast()
    case 1: arguments.append(literal())
    case 2: arguments.append("nope=1")
    default: break
    }
  }
}
