// The grammar's cases: a source text with the tree or the error it must give.
import AdamSource
import AdamSyntax
import Foundation
import Testing

/// Files under Tests/Fixtures/grammar.
enum Fixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/grammar")

  static func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  static var scripts: [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "scripts").path)
    return (names ?? []).sorted().map { "scripts/" + $0 }
  }
}

func parsed(_ source: String) -> ParseResult { parsed(Array(source.utf8)) }

func parsed(_ bytes: [UInt8]) -> ParseResult {
  parse(SourceText(name: "test.adam", bytes: bytes), id: SourceID(0))
}

func codes(_ result: ParseResult) -> [String] { result.diagnostics.map(\.code.text) }

func tree(_ source: String) -> String {
  parsed(source).tree.print(SourceText(name: "test.adam", bytes: Array(source.utf8)), separator: " ")
}

struct GrammarCase: Decodable, Sendable, CustomTestStringConvertible {
  var source: String
  var expect: String?
  var error: String?
  var testDescription: String { String(source.prefix(50)) }

  static let all: [GrammarCase] = {
    let lines = (try? Fixtures.text("cases.jsonl"))?.split(whereSeparator: \.isNewline) ?? []
    return lines.compactMap { try? JSONDecoder().decode(GrammarCase.self, from: Data($0.utf8)) }
  }()
}

@Test func `All cases are there`() {
  #expect(GrammarCase.all.count == 225)
}

@Test(arguments: GrammarCase.all)
func `A case gives its tree or its one error`(_ item: GrammarCase) {
  let result = parsed(item.source)
  if let expected = item.expect {
    #expect(codes(result) == [])
    #expect(tree(item.source) == expected)
  } else if let error = item.error {
    #expect(codes(result) == [error])
  }
}

@Test(arguments: Fixtures.scripts)
func `A script of the reference parses without a message`(_ path: String) throws {
  #expect(parsed(try Fixtures.text(path)).diagnostics.map(\.message) == [])
}
