// Operands of random programs: literals, names, brackets, conditionals.

extension SyntaxGenerator {
  /// Writes an operand; true for a number, behind which a `.` needs a space.
  mutating func primary() -> Bool {
    guard spends() else {
      leaf()
      return true
    }
    switch random.below(12) {
    case 0: string()
    case 1: conditional()
    case 2, 3: list()
    case 4, 5: tuple()
    default:
      leaf()
      return true
    }
    return false
  }

  mutating func leaf() {
    switch random.below(10) {
    case 0: write(constant("true", .true))
    case 1: write(constant("false", .false))
    case 2: write(constant("none", .none))
    case 3...5: write(constant(number(), .number))
    default: write(constant(anyName(), .name))
    }
  }

  private mutating func constant(_ text: String, _ rule: GrammarRule) -> String {
    mark(rule)
    return text
  }

  private mutating func number() -> String { random.pick(BoundaryNumbers.texts + ["3", "0.25", "1_000", "1e-3", "7"]) }

  private mutating func string() {
    mark(.string)
    nested { generator in
      generator.place.isOneLine = true
      generator.write("\"")
      for _ in 0..<generator.random.below(4) { generator.stringPart() }
      generator.write("\"")
    }
  }

  private mutating func stringPart() {
    switch random.below(4) {
    case 0:
      mark(.escape)
      write(random.pick(["\\n", "\\t", "\\\"", "\\\\", "\\{", "\\}", "\\u{20AC}", "\\r"]))
    case 1:
      mark(.interpolation)
      nested { generator in
        generator.place.isFree = false
        generator.place.forbidsPipe = false
        generator.write("{")
        generator.expression()
        if generator.random.once(in: 2) { generator.format() }
        generator.write("}")
      }
    default: write(random.pick(["text", " ", "é", "# no comment", "'", "}", ": ", "日本"]))
    }
  }

  private mutating func format() {
    mark(.format)
    write(":" + random.pick([".2f", "5d", "*^+010,.3e", "<8s", ">6", "x", "%", ",", "{>4", ".1%", "+g", "#<3", ""]))
  }

  private mutating func conditional() {
    let isChain = random.once(in: 3)
    mark(isChain ? .ifElseIf : .ifElse)
    write("if ")
    condition()
    if !isChain, random.once(in: 3) { return mark(.ifAlone) }
    for _ in 0..<(isChain ? 1 + random.below(2) : 0) {
      otherwise()
      write(" if ")
      condition()
    }
    if isChain, random.once(in: 2) { return }
    otherwise()
    block { _ in }
  }

  private mutating func condition() {
    nested { $0.expression() }
    write(" ")
    block { _ in }
  }

  private mutating func otherwise() {
    write(!place.isOneLine && random.once(in: 4) ? "\n else" : " else")
    if !place.isOneLine, random.once(in: 12) { write(" # else\n") }
  }

  private mutating func list() {
    brackets("[", "]") { generator in
      if generator.random.once(in: 4) { return generator.comprehension() }
      let count = generator.random.below(4)
      generator.mark(count == 0 ? .listEmpty : .list)
      for index in 0..<count {
        generator.expression()
        generator.separate(index, count, .listComma)
      }
    }
  }

  private mutating func comprehension() {
    mark(.comprehension)
    expression()
    write(" for ")
    patterns()
    write(" in ")
    freeGap()
    expression()
    guard random.once(in: 3) else { return }
    mark(.comprehensionFilter)
    write(" if ")
    expression()
  }

  mutating func patterns() {
    pattern()
    while random.once(in: 3) {
      gap()
      write(", ")
      pattern()
    }
  }

  mutating func pattern() {
    guard random.once(in: 6) else {
      mark(.patternName)
      return write(freshName())
    }
    mark(.patternTuple)
    brackets("(", ")") { $0.patterns() }
  }

  private mutating func tuple() {
    brackets("(", ")") { generator in
      switch generator.random.below(5) {
      case 0: generator.mark(.tupleEmpty)
      case 1:
        generator.mark(.tupleOne)
        generator.expression()
        generator.write(",")
      case 2: generator.record()
      case 3: generator.tupleItems()
      default:
        generator.mark(.parentheses)
        generator.expression()
      }
    }
  }

  private mutating func tupleItems() {
    mark(.tuple)
    let count = 2 + random.below(2)
    for index in 0..<count {
      expression()
      separate(index, count, .tuple)
    }
  }

  private mutating func record() {
    mark(.record)
    let count = 1 + random.below(3)
    for index in 0..<count {
      write(freshName())
      assignSign()
      expression()
      separate(index, count, .recordComma)
    }
  }
}

/// Numbers at which implementations break.
public enum BoundaryNumbers {
  /// As a script writes them; without a sign.
  public static let texts = [
    "0", "1", "2", "2147483647", "2147483648", "2147483649", "4294967296", "9007199254740991",
    "9007199254740992", "1e15", "1e30", "1e308", "1e-308", "1e-45", "0.5", "200", "65536",
  ]

  /// Expressions: with signs, beyond the exact numbers, and those whose value is no number.
  public static let expressions = texts + [
    "-1", "-2", "-0.5", "-2^63", "2^63", "2^53 + 1", "-2147483648", "1e308 * 10", "1e400 - 1e400", "0 / 0", "1 / 0",
    "(-1)^0.5", "-1e308 * 10", "2^31 + 1", "2^31 - 1", "2^1024", "-0", "1e308", "5 % 0", "tensor([0]) / 0",
    "sqrt(tensor([-1]))", "log(tensor([-1]))", "tensor([1e38]) * 10", "exp(tensor([1000]))",
  ]
}
