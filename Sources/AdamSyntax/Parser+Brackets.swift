// Everything between ( ) and [ ]: arguments, indices, lists, tuples, records, parameters, patterns.
import AdamSource

extension Parser {
  /// `arguments = "(" [ argument { "," argument } [ "," ] ] ")"`
  @inline(never)
  mutating func parseArguments() throws(Failure) -> [Argument] {
    var arguments: [Argument] = []
    let outer = try open()
    let saved = checkpoint
    do throws(Failure) {
      while current.kind != .rightParen {
        arguments.append(try parseArgument())
        try separate(.rightParen)
      }
    } catch {
      try recover(error, saved)
    }
    close(outer)
    return arguments
  }

  /// `argument = WORD "=" expression | expression`
  mutating func parseArgument() throws(Failure) -> Argument {
    guard current.kind.isWord, peek().kind == .assign else {
      return Argument(value: try parseExpression())
    }
    let name = name(current)
    advance()
    advance()
    return Argument(name: name, value: try parseExpression())
  }

  /// Passes a `,`, or makes sure that the closer follows.
  @inline(never)
  private mutating func separate(_ closer: TokenKind) throws(Failure) {
    if current.kind == .comma {
      advance()
    } else if current.kind != closer {
      throw missingCloser()
    }
  }

  /// `index = "[" slice { "," slice } [ "," ] "]"`
  @inline(never)
  mutating func parseIndex() throws(Failure) -> [IndexItem] {
    var items: [IndexItem] = []
    let outer = try open()
    context.splitsMinus = false
    let saved = checkpoint
    do throws(Failure) {
      if current.kind == .rightBracket {
        report(.emptyIndex(span(from: openers.last?.start ?? current.start).union(span(current))))
      }
      while current.kind != .rightBracket {
        items.append(try parseSlice())
        try separate(.rightBracket)
      }
    } catch {
      try recover(error, saved)
    }
    close(outer)
    return items
  }

  /// `slice = ":" | ( "..." | "..<" ) sum | sum ( "..." | "..<" ) | expression`
  mutating func parseSlice() throws(Failure) -> IndexItem {
    let start = current.start
    switch current.kind {
    case .colon:
      advance()
      if current.kind == .comma || current.kind == .rightBracket { return .all }
      return try parseColonSlice(from: start, after: nil)
    case .ellipsis, .halfOpen:
      let isClosed = current.kind == .ellipsis
      advance()
      return .upTo(try parseOperators(.sum), isClosed: isClosed)
    default:
      context.allowsOpenRange = true
      let value = try parseExpression()
      context.allowsOpenRange = false
      if current.kind == .colon {
        let lower = lexer.text(Int(start), Int(previous.end))
        advance()
        return try parseColonSlice(from: start, after: lower)
      }
      defer { foundOpenRange = false }
      return foundOpenRange ? .from(value) : .value(value)
    }
  }

  /// The `1:5` of other languages, read to its end so that the message can offer the whole.
  @inline(never)
  private mutating func parseColonSlice(from start: Int32, after lower: String?) throws(Failure)
    -> IndexItem
  {
    var upper: String?
    if current.kind != .comma, current.kind != .rightBracket, current.kind != .colon {
      let from = current.start
      _ = try parseOperators(.sum)
      upper = lexer.text(Int(from), Int(previous.end))
    }
    let text = upper.map { "\(lower ?? "")..<\($0)" } ?? "\(lower ?? "")..."
    let isWhole = current.kind == .comma || current.kind == .rightBracket
    let span = span(from: start)
    throw fail(.colonSlice(span, replacing: isWhole ? Edit(span, text) : nil))
  }

  /// `list = "[" [ expression ( { "," expression } [ "," ] | generator ) ] "]"`
  @inline(never)
  mutating func parseList() throws(Failure) -> NodeID {
    let start = current.start
    var elements: [NodeID] = []
    var comprehension: ComprehensionParts?
    let outer = try open()
    let saved = checkpoint
    do throws(Failure) {
      while current.kind != .rightBracket {
        elements.append(try parseExpression())
        if current.kind == .for, elements.count == 1, let element = elements.first {
          comprehension = try parseGenerator(element)
          guard current.kind == .rightBracket else { throw missingCloser() }
        } else {
          try separate(.rightBracket)
        }
      }
    } catch {
      try recover(error, saved)
    }
    close(outer)
    if let comprehension { return add(.comprehension(comprehension), from: start) }
    return add(.list(elements), from: start)
  }

  /// `generator = "for" patterns "in" expression [ "if" expression ]`
  @inline(never)
  mutating func parseGenerator(_ element: NodeID) throws(Failure) -> ComprehensionParts {
    advance()
    let patterns = try parsePatterns()
    try expect(.in, "`in`")
    let sequence = try parseExpression()
    var condition: NodeID?
    if current.kind == .if {
      advance()
      condition = try parseExpression()
    }
    return ComprehensionParts(
      element: element, patterns: patterns, sequence: sequence, condition: condition)
  }

  /// `tuple = "(" [ expression [ "," [ expression { "," expression } [ "," ] ] ] | record ] ")"`
  @inline(never)
  mutating func parseTuple() throws(Failure) -> NodeID {
    let start = current.start
    var values: [NodeID] = []
    var hasComma = false
    var record: [Argument] = []
    let outer = try open()
    let saved = checkpoint
    do throws(Failure) {
      if current.kind.isWord, peek().kind == .assign {
        record = try parseRecord()
      } else {
        hasComma = try parseTupleItems(&values)
      }
    } catch {
      try recover(error, saved)
    }
    close(outer)
    if !record.isEmpty { return add(.record(record), from: start) }
    if let only = values.first, values.count == 1, !hasComma { return only }
    return add(.tuple(values), from: start)
  }

  private mutating func parseTupleItems(_ values: inout [NodeID]) throws(Failure) -> Bool {
    var hasComma = false
    while current.kind != .rightParen {
      if hasComma, current.kind.isWord, peek().kind == .assign {
        throw fail(here: Diagnostic.mixedTuple)
      }
      values.append(try parseExpression())
      hasComma = hasComma || current.kind == .comma
      try separate(.rightParen)
    }
    return hasComma
  }

  /// `record = WORD "=" expression { "," WORD "=" expression } [ "," ]`
  @inline(never)
  mutating func parseRecord() throws(Failure) -> [Argument] {
    var fields: [Argument] = []
    var seen: [String: Span] = [:]
    while current.kind != .rightParen {
      let field = try parseArgument()
      guard let name = field.name else { throw fail(.mixedTuple(tree.span(field.value))) }
      if let first = seen.updateValue(name.span, forKey: name.text) {
        report(.duplicateField(name.span, name.text, first: first))
      }
      fields.append(field)
      try separate(.rightParen)
    }
    return fields
  }

  /// `parameters = "(" [ parameter { "," parameter } [ "," ] ] ")"`
  mutating func parseParameters() throws(Failure) -> [Parameter] {
    guard current.kind == .leftParen else { throw unexpected("`(` and the parameters") }
    var parameters: [Parameter] = []
    var seen: [String: Span] = [:]
    let outer = try open()
    let saved = checkpoint
    do throws(Failure) {
      while current.kind != .rightParen {
        let parameter = try parseParameter()
        let name = parameter.name
        if let first = seen.updateValue(name.span, forKey: name.text) {
          report(.duplicateParameter(name.span, name.text, first: first))
        }
        if parameter.defaultValue == nil, parameters.last?.defaultValue != nil {
          report(.defaultOrder(name.span, name.text))
        }
        if parameters.count == 255 { report(.tooManyParameters(name.span)) }
        if parameters.count <= 255 { parameters.append(parameter) }
        if beginsBody() {
          let end = Span(source, previous.end, previous.end)
          report(
            .unexpected(span(current), describe(current), expected: "`,` or `)`")
              .with(Help("add `)` behind the parameters", edits: [Edit(end, ")")])))
          leave(outer)
          return parameters
        }
        try separate(.rightParen)
      }
    } catch {
      try recover(error, saved)
    }
    close(outer)
    return parameters
  }

  /// The closer is missing: what follows a parameter on its line is the function's body.
  private mutating func beginsBody() -> Bool {
    if current.hasNewline { return false }
    switch current.kind {
    case .number, .leftParen, .leftBracket, .quote: return true
    case .name:
      let next = peek()
      return next.kind.infix != nil || next.kind == .leftParen || next.kind == .dot
    default: return false
    }
  }

  /// `parameter = NAME [ "=" expression ]`
  mutating func parseParameter() throws(Failure) -> Parameter {
    let name = try parseName("a parameter")
    guard current.kind == .assign else { return Parameter(name: name, defaultValue: nil) }
    advance()
    return Parameter(name: name, defaultValue: try parseExpression())
  }

  /// `patterns = pattern { "," pattern }`
  mutating func parsePatterns() throws(Failure) -> [Pattern] {
    var patterns = [try parsePattern()]
    while current.kind == .comma {
      advance()
      patterns.append(try parsePattern())
    }
    return patterns
  }

  /// `pattern = NAME | "(" pattern { "," pattern } ")"`
  mutating func parsePattern() throws(Failure) -> Pattern {
    guard current.kind == .leftParen else { return .name(try parseName("a name")) }
    let outer = try open()
    let patterns = try parsePatterns()
    guard current.kind == .rightParen else { throw missingCloser() }
    close(outer)
    return .tuple(patterns)
  }

  /// A name that is about to be bound; verbs cannot be.
  mutating func parseName(_ expected: String) throws(Failure) -> Name {
    if current.kind == .verb { throw fail(.verbBound(span(current), text(current))) }
    guard current.kind == .name else { throw unexpected(expected) }
    let name = name(current)
    advance()
    return name
  }

  mutating func expect(_ kind: TokenKind, _ expected: String) throws(Failure) {
    guard current.kind == kind else { throw unexpected(expected) }
    advance()
  }
}
