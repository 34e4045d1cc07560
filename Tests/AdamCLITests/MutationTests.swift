// Scripts with one token deleted, doubled or swapped with the next: the gallery, and what a user
// writes in the first month. Never a trap or a hang, two errors at most, and what `run` refuses
// `check` refuses before a row is read, with the caret on the changed statement or the next.
//
// CI takes a sample. `ADAM_MUTANTS=all` runs every mutant and `ADAM_MUTANTS=NAME` those of one script;
// `ADAM_MUTANTS_LOG` names a file for the table and the list of what was missed.
import AdamTestSupport
import Foundation
import Testing

private let setting = ProcessInfo.processInfo.environment["ADAM_MUTANTS"]

/// The scripts, with trainings of one epoch and few rows: the damage is what is tried.
private enum MutantScripts {
  static let all: [MutantScript] = (gallery() + month()).map { script in
    var script = script
    script.text = script.text.replacing(/\btrain \d+/, with: "train 1").replacing(/\bsteps=\d+/, with: "steps=1")
    return script
  }

  static var chosen: [MutantScript] { all.filter { setting == nil || setting == "all" || setting == $0.name } }

  private static func names(in folder: URL, _ ending: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
      .filter { $0.hasSuffix(ending) }
  }

  private static func text(_ url: URL) -> String { (try? String(contentsOf: url, encoding: .utf8)) ?? "" }

  private static func gallery() -> [MutantScript] {
    let folder = ProjectFiles.root.appendingPathComponent("scripts")
    var files: [String: String] = [:]
    for name in names(in: folder.appendingPathComponent("data"), ".csv") {
      files["scripts/data/\(name)"] = sampled(text(folder.appendingPathComponent("data/\(name)")))
    }
    return names(in: folder, ".adam").map {
      MutantScript(name: $0, text: text(folder.appendingPathComponent($0)), files: files)
    }
  }

  /// The header and some rows from all over the table, so that every class is there.
  private static func sampled(_ table: String) -> String {
    let lines = table.split(separator: "\n")
    let step = max(1, (lines.count - 1) / 40)
    return lines.enumerated().filter { $0.offset == 0 || $0.offset % step == 1 % step }
      .map { $0.element + "\n" }.joined()
  }

  /// Where a script needs parts that are not there yet, its `NAME.part.adam` stands in for it.
  private static func month() -> [MutantScript] {
    let folder = ProjectFiles.root.appendingPathComponent("Tests/Golden/month")
    var files: [String: String] = [:]
    for name in names(in: folder, ".csv") + names(in: folder, ".txt") {
      files[name] = text(folder.appendingPathComponent(name))
    }
    let scripts = names(in: folder, ".adam").map {
      MutantScript(name: $0, text: text(folder.appendingPathComponent($0)), files: files)
    }
    return scripts.filter { script in
      guard script.name.hasSuffix(".part.adam") else { return completes(script) }
      let whole = script.name.replacing(".part", with: "")
      return !scripts.contains { $0.name == whole && completes($0) }
    }
  }

  private static func completes(_ script: MutantScript) -> Bool {
    let text = script.text.replacing(/\btrain \d+/, with: "train 1").replacing(/\bsteps=\d+/, with: "steps=1")
    return !MutantRun(text, files: script.files).isRefusedByRun
  }
}

/// What became of many mutants.
private struct Tally {
  var name: String
  var count = 0
  var refusedByRun = 0
  var refusedByCheck = 0
  var near = 0
  var crowded = 0
  var slow = 0
  var uncertain = 0
  var lines: [String] = []

  mutating func add(_ mutant: Mutant, _ run: MutantRun, _ seconds: Double, _ map: StatementMap) {
    count += 1
    let title = "\(name):\(mutant.places[0]) \(mutant.change.rawValue) `\(mutant.token)`"
    let said = run.errors.map { "\($0.code) \($0.text)" }.joined(separator: " | ")
    if seconds > 5 { slow += 1; lines.append("SLOW \(title) \(seconds)") }
    if run.errors.count > 2 { crowded += 1; lines.append("CROWDED \(title): \(said)") }
    guard run.isRefusedByRun else { return }
    refusedByRun += 1
    guard run.isRefusedByCheck else {
      lines.append("LATE \(title): \(said)")
      return
    }
    refusedByCheck += 1
    let isNear = run.errors.first?.place.map { caret in
      mutant.places.contains { map.isNear(mutant.original(of: caret), to: $0) }
    }
    if isNear == true { near += 1 } else { lines.append("FAR \(title): \(said)") }
    if run.completesUnchecked { uncertain += 1; lines.append("RUNS \(title): \(said)") }
  }

  static func + (a: Tally, b: Tally) -> Tally {
    var sum = Tally(name: a.name)
    sum.count = a.count + b.count
    sum.refusedByRun = a.refusedByRun + b.refusedByRun
    sum.refusedByCheck = a.refusedByCheck + b.refusedByCheck
    sum.near = a.near + b.near
    sum.crowded = a.crowded + b.crowded
    sum.slow = a.slow + b.slow
    sum.uncertain = a.uncertain + b.uncertain
    sum.lines = a.lines + b.lines
    return sum
  }

  var row: String {
    let numbers = [count, refusedByRun, refusedByCheck, near, crowded, slow, uncertain]
      .map { String(repeating: " ", count: max(0, 8 - String($0).count)) + String($0) }.joined()
    let share = refusedByRun == 0 ? 100 : 100 * Double(near) / Double(refusedByRun)
    return name.padding(toLength: 20, withPad: " ", startingAt: 0) + numbers
      + String(format: "%8.2f%%", share)
  }

  static let header = "script                mutants refused  bycheck near      >2     slow    runs   share"
}

private func tally(_ script: MutantScript, _ mutants: [Mutant]) -> Tally {
  var tally = Tally(name: script.name)
  let map = StatementMap(script.text)
  let log = ProcessInfo.processInfo.environment["ADAM_MUTANTS_LOG"].map { $0 + ".current" }
  for mutant in mutants {
    // A trap leaves the script that made it.
    if let log { try? mutant.text.write(toFile: log, atomically: false, encoding: .utf8) }
    var run: MutantRun?
    let seconds = processorSeconds { run = MutantRun(mutant.text, files: script.files) }
    if let run { tally.add(mutant, run, seconds, map) }
  }
  return tally
}

@Suite("Mutants")
struct MutationTests {
  @Test("the scripts that are mutated run as they stand")
  func whole() {
    #expect(MutantScripts.all.count >= 11)
    for script in MutantScripts.all {
      let run = MutantRun(script.text, files: script.files)
      #expect(!run.isRefusedByRun, "\(script.name): \(run.errors.map(\.text))")
    }
  }

  @Test("one changed token: no trap, no hang, two errors at most, refused before it runs")
  func mutants() {
    var stream = SeededRandom(seed: 1)
    var tallies: [Tally] = []
    for script in MutantScripts.chosen {
      let all = Mutant.all(of: script.text)
      let chosen = setting == nil ? Array(all.shuffled(using: &stream).prefix(12)) : all
      tallies.append(tally(script, chosen))
    }
    let sum = tallies.reduce(Tally(name: "all"), +)
    write(tallies + [sum], sum.lines)
    #expect(sum.crowded == 0 && sum.slow == 0, "\(sum.lines)")
    #expect(Double(sum.near) >= 0.95 * Double(sum.refusedByRun), "\(sum.row)\n\(sum.lines.joined(separator: "\n"))")
  }

  private func write(_ tallies: [Tally], _ lines: [String]) {
    guard let path = ProcessInfo.processInfo.environment["ADAM_MUTANTS_LOG"] else { return }
    let text = ([Tally.header] + tallies.map(\.row) + lines).joined(separator: "\n") + "\n"
    try? text.write(toFile: path, atomically: true, encoding: .utf8)
  }
}
