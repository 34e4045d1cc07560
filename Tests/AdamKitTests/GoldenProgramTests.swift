// Small whole programs as users write them: wrong ones with what is said about them, for people and for
// programs, and right ones with what they print. A file holds one theme; `--- title` begins a program,
// `+++ name` a file that it reads, `+++` alone ends that file. What a right program prints stands in it as
// comments `# prints: …`, written by whoever wrote the program and never recorded; the head of each file
// says where the truth comes from.
import AdamKit
import AdamTestSupport
import Foundation
import Testing

private struct GoldenProgram {
  var title = ""
  var text = ""
  var files: [String: String] = [:]

  /// What its comments say it prints.
  var expected: String {
    text.split(separator: "\n").compactMap { line in
      line.firstRange(of: "# prints: ").map { line[$0.upperBound...] + "\n" }
    }.joined()
  }

  /// The programs of a theme; what stands before the first is about all of them.
  static func all(in theme: String) -> [GoldenProgram] {
    var programs: [GoldenProgram] = []
    var file: String?
    for line in theme.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("--- ") {
        programs.append(GoldenProgram(title: String(line.dropFirst(4))))
        file = nil
      } else if programs.isEmpty {
        continue
      } else if line.hasPrefix("+++") {
        file = line.count > 4 ? String(line.dropFirst(4)) : nil
        if let file { programs[programs.count - 1].files[file] = "" }
      } else if let file {
        programs[programs.count - 1].files[file]? += line + "\n"
      } else {
        programs[programs.count - 1].text += line + "\n"
      }
    }
    for index in programs.indices where programs[index].text.hasSuffix("\n\n") { programs[index].text.removeLast() }
    return programs
  }
}

/// A program run to its end; errors of the checker end it before that.
private struct GoldenOutcome {
  var output = ""
  var human = ""
  var json = ""
  var errorCount = 0
  var outcome: Session.Outcome

  init(_ program: GoldenProgram, isStrict: Bool) {
    final class Record: @unchecked Sendable {
      var output: [UInt8] = []
      var diagnostics: [(Diagnostic, SourceMap)] = []
    }
    let record = Record()
    var options = Session.Options()
    options.operationBudget = 200_000
    options.threads = 1
    options.isStrict = isStrict
    let host = MemoryFiles(program.files).host(output: { record.output += $0 })
    let session = Session(host: host, options: options) { record.diagnostics.append(($0, $1)) }
    outcome = session.execute(Array(program.text.utf8), name: "a.adam")
    output = String(decoding: record.output, as: UTF8.self)
    for (diagnostic, sources) in record.diagnostics {
      if diagnostic.severity == .error { errorCount += 1 }
      human += DiagnosticRenderer(style: .human, usesColor: false).render(diagnostic, sources)
      json += DiagnosticRenderer(style: .json, usesColor: false).render(diagnostic, sources)
    }
  }
}

private enum Themes {
  static func folder(_ name: String) -> URL { ProjectFiles.root.appendingPathComponent("Tests/Golden/programs/\(name)") }

  static func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: Themes.folder(folder).path)) ?? [])
      .filter { $0.hasSuffix(".adam") }.sorted()
  }

  static func programs(_ folder: String, _ name: String) throws -> [GoldenProgram] {
    GoldenProgram.all(in: try String(contentsOf: Themes.folder(folder).appendingPathComponent(name), encoding: .utf8))
  }

  /// Compares with the recorded text; `ADAM_BLESS=1` records it.
  static func compare(_ found: String, _ folder: String, _ name: String, _ ending: String) {
    let golden = Themes.folder(folder).appendingPathComponent(name.replacing(".adam", with: ending))
    let expected = (try? String(contentsOf: golden, encoding: .utf8)) ?? ""
    if found != expected, ProcessInfo.processInfo.environment["ADAM_BLESS"] == "1" {
      try? found.write(to: golden, atomically: true, encoding: .utf8)
    }
    let (a, b) = (expected.components(separatedBy: "--- "), found.components(separatedBy: "--- "))
    for (old, new) in zip(a, b) where old != new { #expect(new == old, "\(name)") }
    #expect(a.count == b.count, "\(name)")
  }
}

@Suite("Programs (Golden)")
struct GoldenProgramTests {
  @Test("what is said about wrong programs is what is recorded", arguments: Themes.names("bad"))
  func bad(theme: String) throws {
    var (human, json) = ("", "")
    for program in try Themes.programs("bad", theme) {
      let run = GoldenOutcome(program, isStrict: theme == "strict.adam")
      human += "--- \(program.title)\n" + run.output + run.human
      json += "--- \(program.title)\n" + run.json
      #expect(run.outcome != .completed, "\(theme): \(program.title)")
      #expect(run.errorCount == 1, "\(theme): \(program.title): \(run.human)")
    }
    Themes.compare(human, "bad", theme, ".expected")
    Themes.compare(json, "bad", theme, ".jsonl")
  }

  @Test("right programs print what they say and are told nothing", arguments: Themes.names("good"))
  func good(theme: String) throws {
    for program in try Themes.programs("good", theme) {
      let run = GoldenOutcome(program, isStrict: true)
      #expect(run.outcome == .completed, "\(theme): \(program.title): \(run.human)")
      #expect(run.output == program.expected, "\(theme): \(program.title)")
      #expect(run.human.isEmpty, "\(theme): \(program.title): \(run.human)")
    }
  }

  @Test("there are at least 150 of either", arguments: ["bad", "good"])
  func count(folder: String) throws {
    let count = try Themes.names(folder).reduce(0) { $0 + (try Themes.programs(folder, $1)).count }
    #expect(count >= 150)
  }
}
