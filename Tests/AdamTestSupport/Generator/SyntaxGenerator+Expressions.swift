// Expressions of random programs, a function for each level of the grammar.

extension SyntaxGenerator {
  mutating func expression() {
    guard spends() else { return leaf() }
    nested { generator in
      if generator.random.once(in: 8) { return generator.lambda() }
      generator.pipe()
      while generator.random.once(in: 14) {
        generator.mark(.then)
        generator.write(" then ")
        generator.pipe(mayEndInLambda: false)
      }
    }
  }

  mutating func lambda() {
    mark(.lambdaExpression)
    write("fn")
    parameters()
    body()
  }

  mutating func body() {
    gap()
    if random.once(in: 2) {
      mark(.bodyBlock)
      block {
        $0.isInLoop = false
        $0.isInFunction = true
      }
    } else {
      mark(.bodyExpression)
      nested { generator in
        generator.place.forbidsPipe = false
        generator.place.isInFunction = true
        generator.place.isInLoop = false
        generator.expression()
      }
    }
  }

  mutating func parameters() {
    brackets("(", ")") { generator in
      let count = generator.random.below(4)
      var hasDefault = false
      for index in 0..<count {
        generator.write(generator.freshName())
        hasDefault = hasDefault || generator.random.once(in: 3)
        if hasDefault {
          generator.mark(.parameterDefault)
          generator.assignSign()
          generator.expression()
        }
        generator.separate(index, count, .parameterComma)
      }
    }
  }

  /// Brackets around what `body` writes; lines may end inside.
  mutating func brackets(_ open: String, _ close: String, _ body: (inout SyntaxGenerator) -> Void) {
    nested { generator in
      generator.place.isFree = true
      generator.place.forbidsPipe = false
      generator.write(open)
      generator.gap()
      body(&generator)
      generator.gap()
      generator.write(close)
    }
  }

  /// The comma behind an item, which the last one may have too.
  mutating func separate(_ index: Int, _ count: Int, _ rule: GrammarRule) {
    let isLast = index + 1 == count
    if isLast && !random.once(in: 5) { return }
    if isLast { mark(rule) }
    gap()
    write(",")
    freeGap()
  }

  /// `=`, tight or not.
  mutating func assignSign() {
    gap()
    write("=")
    freeGap()
  }

  mutating func pipe(mayEndInLambda: Bool = true) {
    logical()
    guard !place.forbidsPipe, random.once(in: 6) else { return }
    for _ in 0...random.below(2) {
      mark(.pipe)
      if !place.isOneLine, random.once(in: 3) { write("\n  ") } else { gap() }
      write("|>")
      freeGap()
      postfix()
    }
    if mayEndInLambda, random.once(in: 6) {
      mark(.pipeLambda)
      write(" |> ")
      lambda()
    }
  }

  /// `or`, `and` and `not`.
  private mutating func logical() {
    negated()
    while random.once(in: 12) {
      let isOr = random.once(in: 2)
      mark(isOr ? .or : .and)
      write(isOr ? " or" : " and")
      write(" ")
      freeGap()
      negated()
    }
  }

  private mutating func negated() {
    while random.once(in: 16) {
      mark(.not)
      write("not ")
    }
    range()
    guard random.once(in: 10) else { return }
    mark(.comparison)
    infix(["==", "!=", "<", "<=", ">", ">="])
    range()
  }

  private mutating func range() {
    sum()
    guard random.once(in: 16) else { return }
    let isClosed = random.once(in: 2)
    mark(isClosed ? .closedRange : .halfOpenRange)
    infix([isClosed ? "..." : "..<"])
    sum()
  }

  mutating func sum() {
    product()
    while random.once(in: 6) {
      mark(.sum)
      infix(["+", "-", "++"])
      product()
    }
  }

  private mutating func product() {
    unary()
    while random.once(in: 6) {
      mark(.product)
      infix(["*", "/", "%", "@"])
      unary()
    }
  }

  /// An operator; `x -1` would be ambiguous, so space before it means space behind it.
  private mutating func infix(_ signs: [String]) {
    let sign = random.pick(signs)
    if random.once(in: 4) { return write(sign) }
    write(" ")
    if place.isFree { gap() }
    write(sign + " ")
    freeGap()
  }

  private mutating func unary() {
    if random.once(in: 10) {
      mark(.negation)
      write("-")
      return nested { $0.unary() }
    }
    postfix()
    guard random.once(in: 12) else { return }
    mark(.power)
    infix(["^"])
    nested { $0.depth < 20 ? $0.unary() : $0.leaf() }
  }

  mutating func postfix() {
    var isNumber = primary()
    while random.once(in: 4) {
      switch random.below(5) {
      case 0, 1: arguments()
      case 2: index()
      case 3:
        mark(.field)
        if isNumber { write(" ") } else { gap() }
        write("." + word())
      default:
        guard !isNumber else { return }
        mark(.fieldDigits)
        write(".\(random.below(12))")
      }
      isNumber = false
    }
  }

  private mutating func arguments() {
    mark(.call)
    gapOnLine()
    brackets("(", ")") { generator in
      let count = generator.spends() ? generator.random.below(4) : 0
      for index in 0..<count {
        generator.argument()
        generator.separate(index, count, .argumentsComma)
      }
    }
  }

  /// An argument with or without a name.
  mutating func argument() {
    if random.once(in: 3) {
      mark(.argumentKeyword)
      write(word())
      assignSign()
    } else {
      mark(.argumentValue)
    }
    expression()
  }

  /// Space that does not end the line, because the bracket behind it would start a statement.
  private mutating func gapOnLine() { write(random.pick(["", "", "", " "])) }

  mutating func index() {
    mark(.index)
    gapOnLine()
    brackets("[", "]") { generator in
      let count = 1 + generator.random.below(2)
      for index in 0..<count {
        generator.slice()
        generator.separate(index, count, .indexComma)
      }
    }
  }

  private mutating func slice() {
    switch random.below(6) {
    case 0:
      mark(.sliceAll)
      write(":")
    case 1:
      mark(.sliceUpTo)
      write(random.pick(["...", "..<"]))
      gap()
      sum()
    case 2:
      mark(.sliceFrom)
      sum()
      write(random.pick(["...", "..<", " ...", " ..<"]))
    default:
      mark(.sliceValue)
      expression()
    }
  }
}
