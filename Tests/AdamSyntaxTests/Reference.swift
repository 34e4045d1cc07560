// grammar.md and the parser say the same.
import AdamSource
import AdamSyntax
import Foundation
import Testing

private enum Reference {
  static let root = Fixtures.folder.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func text() throws -> String {
    try String(contentsOf: root.appending(path: "grammar.md"), encoding: .utf8)
  }

  /// Contents of the fenced blocks of one kind.
  static func blocks(_ kind: String) throws -> [String] {
    let lines = try text().split(separator: "\n", omittingEmptySubsequences: false)
    var blocks: [String] = []
    var isOpen = false
    for line in lines {
      if line == "```" + kind {
        isOpen = true
        blocks.append("")
      } else if line.hasPrefix("```") {
        isOpen = false
      } else if isOpen {
        blocks[blocks.count - 1] += line + "\n"
      }
    }
    return blocks
  }

  static func rules() throws -> [String: String] {
    var rules: [String: String] = [:]
    for line in try blocks("ebnf").joined().split(separator: "\n") {
      let parts = line.split(separator: " = ", maxSplits: 1)
      rules[String(parts[0])] = String(parts[1])
    }
    return rules
  }

  /// `parseForLoop` → `forLoop`, for all functions of the parser.
  static func parserFunctions() throws -> Set<String> {
    let folder = root.appending(path: "Sources/AdamSyntax")
    var names: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where file.hasPrefix("Parser") {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      for match in text.matches(of: /func parse([A-Z]\w*)\(/) {
        names.insert(match.1.prefix(1).lowercased() + match.1.dropFirst())
      }
    }
    return names
  }
}

/// Functions that are part of another rule, and rules that need no function.
private let partsOfRules: Set<String> = [
  "end", "statements", "verbStatement", "assigned", "compound", "tupleItems", "colonSlice", "noPrimary",
]
private let rulesWithoutFunction: Set<String> = ["target", "values"]

@Test func `Rules of the reference and functions of the parser are the same`() throws {
  let rules = Set(try Reference.rules().keys)
  let functions = try Reference.parserFunctions()
  #expect(rules.subtracting(rulesWithoutFunction).subtracting(functions) == [])
  #expect(functions.subtracting(partsOfRules).subtracting(rules) == [])
  #expect(partsOfRules.isSubset(of: functions) && rulesWithoutFunction.isSubset(of: rules))
}

@Test func `Every rule that is used is defined`() throws {
  let rules = try Reference.rules()
  for (name, body) in rules {
    let plain = body.replacing(/"[^"]*"|'[^']*'/, with: "")
    for match in plain.matches(of: /[a-z]\w*/) {
      #expect(rules[String(match.0)] != nil, "\(name) uses \(match.0)")
    }
  }
}

@Test func `Every example of the reference parses`() throws {
  let blocks = try Reference.blocks("adam")
  #expect(blocks.count >= 7)
  for block in blocks {
    #expect(parsed(block).diagnostics.map(\.message) == [], "\(block)")
  }
}

@Test func `Every wrong example gives its code`() throws {
  for line in try Reference.blocks("errors").joined().split(separator: "\n") {
    let mark = try #require(line.range(of: "# E", options: .backwards))
    var source = String(line[..<mark.lowerBound])
    while source.last == " " { source.removeLast() }
    #expect(codes(parsed(source.replacing(" ⏎ ", with: "\n"))) == [String(line[mark.lowerBound...].dropFirst(2))], "\(source)")
  }
}

@Test func `The table of precedences is the parser's`() throws {
  let rows = try Reference.text().matches(of: /\| (\w+) \| (`.*`) \| (\w+) \|/)
  #expect(rows.map { String($0.1) } == Precedence.allCases.map { "\($0)" })
  for row in rows {
    let level = try #require(Precedence.allCases.first { "\($0)" == row.1 })
    #expect(String(row.3) == level.grouping.rawValue)
    for match in row.2.matches(of: /`([^`]+)`/) where level.grouping != .prefix {
      let text = String(match.1)
      let tighter = level < .power ? "(\(text) a (^ b c))" : "(^ a (^ b c))"
      #expect(tree("a \(text) b ^ c") == tighter)
      if level.grouping == .left { #expect(tree("a \(text) b \(text) c") == "(\(text) (\(text) a b) c)") }
      if level.grouping == .none { #expect(codes(parsed("a \(text) b \(text) c")).count == 1) }
    }
  }
}

@Test func `The lists of words are the parser's`() throws {
  let text = try Reference.text()
  #expect(text.contains("    " + Verb.allCases.map(\.rawValue).joined(separator: " ") + "\n"))
  for word in "fn if else for in while break continue return import and or not true false none".split(separator: " ") {
    #expect(!codes(parsed("\(word) = 3")).isEmpty, "\(word)")
  }
}

@Test func `The list of punctuation is the parser's`() throws {
  let text = try Reference.text()
  for (spelling, _) in TokenKind.punctuation {
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("**Punctuation**") })
    #expect(line.split(whereSeparator: { " `".contains($0) }).contains(Substring(spelling)))
    let source = SourceText(name: "", bytes: Array(spelling.utf8))
    #expect(TokenPrinter.tokens(source, id: SourceID(0)) == "1:1 \(spelling)\n")
  }
}
