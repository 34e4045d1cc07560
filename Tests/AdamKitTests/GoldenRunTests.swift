// Scripts with what they print and report. A file holds several, separated by `---` lines; the file
// beside it holds each script, `=>` and the recorded text.
import AdamTestSupport
import Foundation
import Testing

private let folder = ProjectFiles.root.appendingPathComponent("Tests/Golden/run")

private func names() -> [String] {
  let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  return files.filter { $0.hasSuffix(".adam") }.sorted()
}

private func scripts(_ file: String) throws -> [String] {
  let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
  return text.components(separatedBy: "---\n")
}

@Test(arguments: names()) func `scripts print and report what is recorded`(file: String) throws {
  var found = ""
  for script in try scripts(file) { found += script + "=>\n" + ScriptRun(script).text + "---\n" }
  let golden = folder.appendingPathComponent(file.replacingOccurrences(of: ".adam", with: ".out"))
  let expected = (try? String(contentsOf: golden, encoding: .utf8)) ?? ""
  if found != expected, ProcessInfo.processInfo.environment["ADAM_BLESS"] == "1" {
    try found.write(to: golden, atomically: true, encoding: .utf8)
  }
  #expect(found == expected)
}

@Test func `there are at least sixty scripts`() throws {
  #expect(try names().map { try scripts($0).count }.reduce(0, +) >= 60)
}

@Test func `scripts in the error files fail and all others complete`() throws {
  for file in names() {
    for script in try scripts(file) {
      let outcome = ScriptRun(script).outcome
      #expect((outcome == .completed) != file.hasPrefix("error"), "\(file): \(script)")
    }
  }
}
