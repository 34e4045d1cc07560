// Statements of random programs: control flow, assignments, functions, layers, verbs.

extension SyntaxGenerator {
  mutating func statement() {
    guard spends() else { return write(anyName()) }
    switch random.below(20) {
    case 0: forLoop()
    case 1: whileLoop()
    case 2: jump()
    case 3: returning()
    case 4: importing()
    case 5: layer()
    case 6: function()
    case 7...12: assign()
    case 13...15:
      mark(.verbStatement)
      verb()
    default:
      mark(.expressionStatement)
      expression()
    }
  }

  private mutating func forLoop() {
    mark(.forLoop)
    write("for ")
    patterns()
    write(" in ")
    freeGap()
    nested { $0.expression() }
    write(" ")
    block { $0.isInLoop = true }
  }

  private mutating func whileLoop() {
    mark(.whileLoop)
    write("while ")
    nested { $0.expression() }
    write(" ")
    block { $0.isInLoop = true }
  }

  private mutating func jump() {
    guard place.isInLoop else { return leaf() }
    let isBreak = random.once(in: 2)
    mark(isBreak ? .breakLoop : .continueLoop)
    write(isBreak ? "break" : "continue")
  }

  private mutating func returning() {
    guard place.isInFunction else { return leaf() }
    write("return")
    switch random.below(4) {
    case 0: mark(.returnNothing)
    case 1:
      mark(.returnVerb)
      write(" ")
      verb()
    default: values(.returnValue, .returnValues, 1 + random.below(3))
    }
  }

  private mutating func values(_ one: GrammarRule, _ many: GrammarRule, _ count: Int) {
    mark(count == 1 ? one : many)
    write(" ")
    for index in 0..<count {
      if index > 0 { commaGap() }
      expression()
    }
  }

  private mutating func commaGap() {
    gap()
    write(",")
    freeGap()
  }

  private mutating func importing() {
    mark(.importFile)
    write("import" + random.pick([" ", ""]) + "\"lib.adam\"")
  }

  private mutating func function() {
    mark(.function)
    write("fn ")
    write(anyName())
    gap()
    parameters()
    body()
  }

  // MARK: Assignments

  private mutating func assign() {
    switch random.below(8) {
    case 0: compound()
    case 1: many()
    case 2:
      mark(.assignVerb)
      target()
      assignSign()
      verb()
    case 3 where random.once(in: 2):
      mark(.assignImport)
      target()
      assignSign()
      write("import \"lib.adam\"")
    default:
      mark(.assignValue)
      target()
      assignSign()
      expression()
    }
  }

  private mutating func compound() {
    mark(.compoundAssign)
    target(mayBeTuple: false)
    gap()
    write(random.pick(["+=", "-=", "*=", "/="]))
    freeGap()
    expression()
  }

  private mutating func many() {
    let count = 2 + random.below(2)
    for index in 0..<count {
      if index > 0 { commaGap() }
      target()
    }
    assignSign()
    if random.once(in: 3) {
      mark(.assignManyVerb)
      return verb()
    }
    values(.assignMany, .assignMany, random.once(in: 3) ? 1 : count)
  }

  private mutating func target(mayBeTuple: Bool = true) {
    if mayBeTuple, random.once(in: 10) {
      mark(.targetTuple)
      return brackets("(", ")") { generator in
        generator.target()
        for _ in 0..<generator.random.below(3) {
          generator.write(", ")
          generator.target()
        }
      }
    }
    mark(.targetName)
    write(anyName())
    while random.once(in: 6) {
      if random.once(in: 2) {
        mark(.targetField)
        write("." + random.pick([word(), "0", "12"]))
      } else {
        mark(.targetIndex)
        index()
      }
    }
  }

  // MARK: Layers

  private mutating func layer() {
    mark(.layer)
    write("layer ")
    write(anyName())
    gap()
    parameters()
    nested { generator in
      generator.place = Place(isOneLine: generator.place.isOneLine)
      generator.write(" {")
      generator.gap()
      for _ in 0..<generator.random.below(4) {
        generator.item()
        generator.end()
      }
      generator.lambda()
      if generator.random.once(in: 2) { generator.end() }
      generator.write("}")
    }
  }

  /// A statement that is no function, because a layer ends with its function.
  private mutating func itemStatement() {
    switch random.below(5) {
    case 0: forLoop()
    case 1: whileLoop()
    case 2: function()
    case 3: verb()
    default: assign()
    }
  }

  private mutating func item() {
    guard random.once(in: 2) else {
      mark(.layerStatement)
      return itemStatement()
    }
    write("param ")
    write(anyName())
    switch random.below(3) {
    case 0: mark(.paramScalar)
    case 1:
      mark(.paramEmptyShape)
      write("[]")
    default:
      mark(.paramShape)
      brackets("[", "]") { generator in
        generator.expression()
        if generator.random.once(in: 2) {
          generator.write(", ")
          generator.expression()
        }
      }
    }
    assignSign()
    expression()
  }

  // MARK: Verbs

  mutating func verb() {
    switch random.below(10) {
    case 0: hook()
    case 1: sweep()
    case 2:
      write("check grad")
      guard random.once(in: 2) else { return mark(.checkGrad) }
      mark(.checkGradValue)
      write(" ")
      verbExpression()
    case 3...5: train()
    default: plainVerb()
    }
  }

  private mutating func verbExpression() {
    nested { generator in
      generator.place.forbidsPipe = true
      generator.expression()
    }
  }

  private mutating func hook() {
    mark(.on)
    write("on " + random.pick(["epoch", "step"]))
    if random.once(in: 2) {
      mark(.onEvery)
      write(" every ")
      nested { $0.expression() }
    }
    write(" ")
    block { $0.isInLoop = true }
  }

  private mutating func sweep() {
    mark(.sweep)
    write("sweep ")
    for index in 0...random.below(2) {
      if index > 0 { commaGap() }
      if random.once(in: 3) {
        mark(.sweepOption)
        write(freshName())
        assignSign()
      } else {
        mark(.sweepPattern)
        pattern()
        write(" in ")
      }
      nested { $0.expression() }
    }
    write(" ")
    block { $0.isInLoop = false }
  }

  private mutating func train() {
    write("train")
    switch random.below(4) {
    case 0: return mark(.trainNothing)
    case 1:
      mark(.trainKeyword)
      write(" " + word())
      assignSign()
      verbExpression()
    default:
      mark(.trainCount)
      write(" ")
      verbExpression()
      if random.once(in: 2) {
        mark(.trainUnit)
        write(random.pick([" epoch", " epochs", " step", " steps"]))
      }
    }
    verbArguments(random.below(3))
  }

  private mutating func verbArguments(_ count: Int) {
    for _ in 0..<count {
      commaGap()
      verbArgument()
    }
  }

  private mutating func verbArgument() {
    nested { generator in
      generator.place.forbidsPipe = true
      generator.argument()
    }
  }

  private mutating func plainVerb() {
    write(random.pick(["eval", "predict", "save", "load", "print", "plot", "show", "seed", "export", "assert", "resume"]))
    guard random.once(in: 5) else {
      mark(.verbArguments)
      write(" ")
      verbArgument()
      return verbArguments(random.below(3))
    }
    mark(.verbPlain)
  }
}
