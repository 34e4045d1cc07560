// Completion of the word before a cursor: names, and keyword arguments inside a call.
import AdamLibrary
import AdamSyntax

extension Session {
  public struct Completion: Hashable, Sendable {
    /// What replaces the word.
    public var text: String
    /// `(` after a function, `=` after a keyword, or empty.
    public var suffix: String
    public init(text: String, suffix: String) {
      self.text = text
      self.suffix = suffix
    }
  }

  /// Completions of the word that ends at `cursor` (byte offset) in `text`, in alphabetic order.
  /// An empty word completes to keyword arguments of the call around it, or to the variables.
  public func complete(_ text: [UInt8], cursor: Int) -> [Completion] {
    let before = text[..<max(0, min(cursor, text.count))]
    let word = String(decoding: before.reversed().prefix(while: Session.isWordByte).reversed(), as: UTF8.self)
    let head = before.dropLast(word.utf8.count)
    if head.last == 0x2E { return fieldCompletions(head, word) }
    let keywords = keywordCompletions(head, word)
    // Where an argument begins a keyword is the likelier wish; without one every name is offered.
    return keywords.isEmpty ? nameCompletions(word) : keywords
  }

  private func nameCompletions(_ word: String) -> [Completion] {
    let variables = Set(globalNames)
    var found = variables.filter { $0.hasPrefix(word) }.sorted()
      .map { Completion(text: $0, suffix: "") }
    if word.isEmpty { return found }
    let verbs = Set(Verb.allCases.map(\.rawValue))
    let names = Set(builtins.keys).union(Session.keywords).union(verbs).subtracting(variables)
    for name in names.filter({ $0.hasPrefix(word) }).sorted() {
      let isCall = builtins[name] != nil && !verbs.contains(name)
      found.append(Completion(text: name, suffix: isCall ? "(" : ""))
    }
    return found
  }

  private static let keywords = Set(TokenKind.keywords.map(\.0))

  /// Keyword arguments of the innermost open call that are not written yet.
  private func keywordCompletions(_ head: ArraySlice<UInt8>, _ word: String) -> [Completion] {
    guard let call = OpenCall(head), call.startsArgument, let builtin = builtins[call.name] else { return [] }
    return builtin.signature.parameters
      .filter { !$0.isVariadic && $0.name.hasPrefix(word) && !call.given.contains($0.name) }
      .map { Completion(text: $0.name, suffix: "=") }
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
  }
}

/// The call whose parenthesis is open at the end of a text.
private struct OpenCall {
  var name: String
  /// Keywords already written in it.
  var given: Set<String> = []
  /// The text ends behind `(` or `,`.
  var startsArgument: Bool

  init?(_ head: ArraySlice<UInt8>) {
    var opens: [Int] = []
    var insideString = false
    for (index, byte) in zip(head.indices, head) {
      switch byte {
      case 0x22: insideString.toggle()
      case 0x28 where !insideString: opens.append(index)
      case 0x29 where !insideString: _ = opens.popLast()
      default: break
      }
    }
    guard let open = opens.last else { return nil }
    let word = head[..<open].reversed().prefix(while: Session.isWordByte).reversed()
    if word.isEmpty { return nil }
    name = String(decoding: word, as: UTF8.self)
    let inside = head[(open + 1)...]
    let last = inside.last { $0 != 0x20 }
    startsArgument = last == nil || last == 0x2C
    for part in inside.split(separator: 0x2C) {
      guard let equals = part.firstIndex(of: 0x3D) else { continue }
      let key = part[..<equals].filter { $0 != 0x20 }
      given.insert(String(decoding: key, as: UTF8.self))
    }
  }
}
