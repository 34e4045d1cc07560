// Wrong scripts with what is said about them. A file holds several, separated by `---` lines.
import Foundation
import Testing

private let folder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Golden/check")

private func names() -> [String] {
  let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  return files.filter { $0.hasSuffix(".adam") }.sorted()
}

private func scripts(_ file: String) throws -> [String] {
  let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
  return text.components(separatedBy: "---\n")
}

@Test(arguments: names()) func `the messages about wrong scripts are the recorded ones`(
  file: String
) throws {
  var found = ""
  for script in try scripts(file) {
    found += script + "=>\n" + CheckedScript(script).rendered + "\n"
  }
  let golden = folder.appendingPathComponent(file.replacingOccurrences(of: ".adam", with: ".expected"))
  let expected = (try? String(contentsOf: golden, encoding: .utf8)) ?? ""
  if found != expected, ProcessInfo.processInfo.environment["ADAM_BLESS"] == "1" {
    try found.write(to: golden, atomically: true, encoding: .utf8)
  }
  #expect(found == expected)
}

@Test(arguments: names()) func `every wrong script has exactly one error or warning`(
  file: String
) throws {
  let isGood = file == "good.adam"
  for script in try scripts(file) {
    let messages = CheckedScript(script).messages
    #expect(messages.count == (isGood ? 0 : 1), "\(script) \(messages)")
  }
}

@Test func `there are at least sixty wrong scripts`() throws {
  let count = try names().filter { $0 != "good.adam" }.map { try scripts($0).count }.reduce(0, +)
  #expect(count >= 60)
}

@Test func `deleting any one word of a script gives few errors and no trap`() throws {
  for script in try scripts("good.adam") {
    let words = script.split(separator: " ", omittingEmptySubsequences: false)
    // Words with quotes leave a string open, which is the parser's affair.
    for i in words.indices where !words[i].contains("\"") {
      var mutant = words
      mutant.remove(at: i)
      let checked = CheckedScript(mutant.joined(separator: " "))
      #expect(checked.errors.count <= 2, "\(mutant.joined(separator: " ")) \(checked.messages)")
    }
  }
}
