// What each token is for, which decides the spaces around it.

/// One walk over the tokens with a stack of the open brackets.
struct FormatRoles {
  private enum Opener { case block, parameters, other }
  private var open: [Opener] = [.block]
  /// For each open bracket: the statement in it began with a verb without parentheses.
  private var verbs = [false]

  static func assign(_ input: inout FormatInput) {
    var roles = FormatRoles()
    for index in input.tokens.indices {
      roles.read(index, &input)
      input.tokens[index].spaces = index == 0 ? 0 : spaces(input.tokens[index - 1], input.tokens[index])
    }
  }

  private mutating func read(_ index: Int, _ input: inout FormatInput) {
    let before = index > 0 ? input.tokens[index - 1] : nil
    input.tokens[index].isField = before?.kind == .dot
    if input.tokens[index].startsStatement || before?.kind == .semicolon { verbs[verbs.count - 1] = false }
    switch input.tokens[index].kind {
    case .leftParen, .leftBracket, .leftBrace: push(index, input)
    case .rightParen, .rightBracket, .rightBrace: pop(index, &input)
    case .assign: readAssign(index, &input)
    case .verb: readVerb(index, &input)
    case .name: input.tokens[index].endsOperand = !isOperatorWord(index, input)
    case .number, .field, .quote, .true, .false, .none: input.tokens[index].endsOperand = true
    case let kind: input.tokens[index].endsOperand = kind.isWord && before?.kind == .dot
    }
    input.tokens[index].isVerb = verbs.last == true
  }

  private mutating func push(_ index: Int, _ input: FormatInput) {
    verbs.append(false)
    if input.tokens[index].kind == .leftBrace { return open.append(.block) }
    open.append(opensParameters(index, input.tokens) ? .parameters : .other)
  }

  /// `fn (` and `fn name (`, where `fn` is no field's name.
  private func opensParameters(_ index: Int, _ tokens: [FormatToken]) -> Bool {
    guard tokens[index].kind == .leftParen, index > 0 else { return false }
    let word = tokens[index - 1]
    if word.kind == .fn { return !word.isField }
    guard index > 1, tokens[index - 2].kind == .fn else { return false }
    return word.kind == .name && !tokens[index - 2].isField
  }

  private mutating func pop(_ index: Int, _ input: inout FormatInput) {
    guard open.count > 1 else { return }
    let opener = open.removeLast()
    verbs.removeLast()
    input.tokens[index].endsParameters = opener == .parameters
    input.tokens[index].endsOperand = opener != .parameters
  }

  /// In parentheses, and among the arguments of a verb, `=` names an argument.
  private func readAssign(_ index: Int, _ input: inout FormatInput) {
    let assigns = open.last == .block && verbs.last == false
    input.tokens[index].isAssignment = assigns
    input.tokens[index].isKeyword = !assigns
  }

  /// `print(x)` is a call, `print (x)` is not.
  private mutating func readVerb(_ index: Int, _ input: inout FormatInput) {
    let end = input.tokens[index].end
    let isCall = end < input.bytes.count && input.bytes[end] == UInt8(ascii: "(")
    input.tokens[index].endsOperand = input.tokens[index].isField || isCall
    if !input.tokens[index].endsOperand, open.last == .block { verbs[verbs.count - 1] = true }
  }

  /// Names that stand between operands: `a then b`, `on epoch every 5`, `check grad loss`.
  private func isOperatorWord(_ index: Int, _ input: FormatInput) -> Bool {
    let token = input.tokens[index]
    guard index > 0, !token.isField, !token.startsStatement else { return false }
    let before = input.tokens[index - 1]
    switch token.contextual {
    case .then: return before.endsOperand
    case .grad: return before.kind == .verb && !before.endsOperand
    case .every: return index > 1 && input.tokens[index - 2].kind == .verb && !input.tokens[index - 2].endsOperand
    default: return false
    }
  }
}

extension FormatRoles {
  /// Spaces between two tokens of one line: 0 or 1.
  static func spaces(_ left: FormatToken, _ right: FormatToken) -> Int {
    switch right.kind {
    case .comma, .rightParen, .rightBracket: return 0
    case .semicolon: return left.kind == .leftBrace ? 1 : 0
    case .leftParen: return clings(left) || left.kind == .fn && !left.isField ? 0 : 1
    case .leftBracket: return clings(left) ? 0 : 1
    // `2 .abs()`: together they would be half a number.
    case .dot: return left.kind == .number ? 1 : 0
    case .rightBrace: return left.kind == .leftBrace ? 0 : 1
    case .assign where right.isKeyword: return 0
    case .ellipsis, .halfOpen: return left.kind == .comma ? 1 : 0
    case .caret: return 0
    default: return takesNext(left) ? 0 : 1
    }
  }

  /// An opening bracket goes on with what stands before it, or is the first in a bracket.
  private static func clings(_ left: FormatToken) -> Bool {
    left.endsOperand || takesNext(left)
  }

  /// Nothing stands between the token and what follows it.
  private static func takesNext(_ left: FormatToken) -> Bool {
    switch left.kind {
    case .leftParen, .leftBracket, .dot, .ellipsis, .halfOpen, .caret: true
    case .assign: left.isKeyword
    case .minus: left.isPrefix
    default: false
    }
  }
}
