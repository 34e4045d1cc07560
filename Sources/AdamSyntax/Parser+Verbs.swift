// Verbs in their paren-less form, and the definitions of layers.
import AdamSource

extension Verb {
  /// Whether the verb has a result, so that `verb x |> f` has two readings.
  var returnsValue: Bool {
    switch self {
    case .print, .show, .plot, .assert, .seed: false
    default: true
    }
  }
}

extension Parser {
  /// A verb at the start of a statement; it cannot be assigned.
  @inline(never)
  mutating func parseVerbStatement() throws(Failure) -> NodeID {
    let token = current
    let next = peek()
    if !next.hasNewline {
      if next.kind == .assign {
        throw fail(.verbAssigned(span(token), text(token), equals: span(next)))
      }
      if next.kind == .comma || next.kind.compound != nil {
        throw fail(.verbBound(span(token), text(token)))
      }
    }
    return try parseVerb()
  }

  /// `verb = on | sweep | check | train | VERB [ verbArguments ]`; the current token is the verb.
  @inline(never)
  mutating func parseVerb() throws(Failure) -> NodeID {
    let start = current.start
    guard let verb = current.verb else { throw unexpected("a verb") }
    advance()
    let saved = context
    let node: Node
    switch verb {
    case .on: node = try parseOn()
    case .sweep: node = try parseSweep()
    case .check: node = try parseCheck()
    default: node = .verb(verb, isAtEnd ? [] : try parseVerbArguments(verb))
    }
    context = saved
    return add(node, from: start)
  }

  /// `verbArguments = argument { "," argument }`; the first of `train` may carry a unit.
  @inline(never)
  mutating func parseVerbArguments(_ verb: Verb) throws(Failure) -> [Argument] {
    var arguments = [try parseVerbArgument(verb)]
    if verb == .train { takeUnit(&arguments) }
    while current.kind == .comma, !isOnNewLine {
      let comma = current
      advance()
      if endsAfterComma {
        isIncomplete = current.kind == .endOfText && diagnostics.isEmpty && openers.isEmpty
        report(.trailingComma(span(comma)))
        return arguments
      }
      arguments.append(try parseVerbArgument(verb))
    }
    return arguments
  }

  @inline(never)
  private mutating func parseVerbArgument(_ verb: Verb) throws(Failure) -> Argument {
    let isNamed = current.kind.isWord && peek().kind == .assign
    context.splitsMinus = true
    context.pipeVerb = !isNamed && verb.returnsValue ? verb : nil
    return try parseArgument()
  }

  /// `train 500 steps`: the number becomes the argument `steps`.
  private mutating func takeUnit(_ arguments: inout [Argument]) {
    guard let word = current.contextual, !isOnNewLine, arguments[0].name == nil else { return }
    let unit: String
    switch word {
    case .epoch, .epochs: unit = "epochs"
    case .step, .steps: unit = "steps"
    default: return
    }
    arguments[0].name = Name(unit, span(current))
    advance()
  }

  /// Whether what follows a comma can only be another statement.
  private var endsAfterComma: Bool {
    mutating get {
      switch current.kind {
      case .endOfText, .semicolon, .rightBrace, .lineEnd: return true
      case .verb: return current.hasNewline && !isCall && peek().kind != .assign
      case .for, .while, .return, .break, .continue, .import:
        return current.hasNewline && peek().kind != .assign
      case .fn: return current.hasNewline && peek().kind == .name
      default: return false
      }
    }
  }

  /// `on = "on" ( "epoch" | "step" ) [ "every" expression ] block`
  @inline(never)
  mutating func parseOn() throws(Failure) -> Node {
    guard current.isContextual(.epoch) || current.isContextual(.step), !isOnNewLine else {
      wantsBlock = true
      throw current.kind == .endOfText
        ? unexpected("`epoch` or `step`") : fail(.unknownEvent(span(current), describe(current)))
    }
    let event = name(current)
    advance()
    var every: NodeID?
    if current.isContextual(.every) {
      advance()
      every = try parseHeader()
    }
    return .on(event: event, every: every, body: try parseBlock(.hook))
  }

  /// `sweep = "sweep" lane { "," lane } block`
  @inline(never)
  mutating func parseSweep() throws(Failure) -> Node {
    wantsBlock = true
    var generators = [try parseLane()]
    while current.kind == .comma {
      advance()
      generators.append(try parseLane())
    }
    wantsBlock = false
    return .sweep(generators, body: try parseBlock(.sweep))
  }

  /// `lane = pattern "in" expression | NAME "=" expression`
  @inline(never)
  mutating func parseLane() throws(Failure) -> SweepGenerator {
    if current.kind == .name, peek().kind == .assign {
      let option = name(current)
      advance()
      advance()
      return .option(option, try parseHeader())
    }
    let pattern = try parsePattern()
    try expect(.in, "`in`")
    return .lane([pattern], try parseHeader())
  }

  /// `check = "check" "grad" [ expression ]`
  @inline(never)
  mutating func parseCheck() throws(Failure) -> Node {
    guard current.isContextual(.grad), !isOnNewLine else {
      throw fail(.checkNeedsGrad(span(current.kind == .endOfText ? previous : current)))
    }
    advance()
    if isAtEnd { return .checkGrad(nil) }
    context.splitsMinus = true
    return .checkGrad(try parseExpression())
  }

  /// `layer = "layer" NAME parameters "{" { ( param | statement ) END } lambda END "}"`
  @inline(never)
  mutating func parseLayer() throws(Failure) -> NodeID {
    let start = current.start
    advance()
    let name = try parseName("the layer's name")
    wantsBlock = true
    let parameters = try parseParameters()
    wantsBlock = false
    let reported = diagnostics.count
    let body = try parseBlock(.layer)
    guard case .block(var items) = tree[body], let last = items.last, isForward(last) else {
      // After a mistake in the body its end is not worth another message.
      if diagnostics.count == reported { report(.layerForward(name.span, name.text)) }
      return add(.invalid, from: start)
    }
    items.removeLast()
    for item in items where isForward(item) && diagnostics.count == reported {
      report(.layerForward(tree.span(item), name.text))
    }
    return add(
      .layer(LayerParts(name: name, parameters: parameters, items: items, forward: last)),
      from: start)
  }

  /// A function that stands alone in a layer; `.invalid` has been reported.
  private func isForward(_ node: NodeID) -> Bool {
    switch tree[node] {
    case .lambda, .invalid: true
    default: false
    }
  }

  /// `param = "param" NAME [ "[" [ expression { "," expression } ] "]" ] "=" expression`
  @inline(never)
  mutating func parseParam() throws(Failure) -> NodeID {
    let start = current.start
    if !context.isInLayer, !hasLostBlock { report(.paramOutside(span(current))) }
    advance()
    let name = try parseName("the parameter's name")
    var shape: [NodeID]?
    if current.kind == .leftBracket { shape = try parseShape() }
    try expect(.assign, "`=` and its initial value")
    let value = try parseExpression()
    return add(.param(name, shape: shape, value), from: start)
  }

  /// `shape = "[" [ expression { "," expression } ] "]"`
  @inline(never)
  mutating func parseShape() throws(Failure) -> [NodeID] {
    var sizes: [NodeID] = []
    let outer = try open()
    context.splitsMinus = false
    let saved = checkpoint
    do throws(Failure) {
      while current.kind != .rightBracket {
        sizes.append(try parseExpression())
        guard current.kind == .comma else { break }
        advance()
        if current.kind == .rightBracket { throw unexpected("a size") }
      }
      guard current.kind == .rightBracket else { throw missingCloser() }
    } catch {
      try recover(error, saved)
    }
    close(outer)
    return sizes
  }
}
