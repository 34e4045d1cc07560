// The notebook: ten losses of the 2-16-1 network, to all six digits.
import AdamIR
import AdamTestSupport
import Foundation
import Testing

@testable import AdamLibrary
@testable import AdamRuntime

@Suite struct NotebookTests {
  private let table = [
    "0.809774", "0.721449", "0.638959", "0.562460", "0.491979", "0.428558", "0.372196", "0.320848",
    "0.274360", "0.232563",
  ]

  @Test func `training on the sanity sample prints the notebook's ten losses`() throws {
    let bench = try LibraryBench()
    let model = try bench.network([2, 16, 1], "relu")
    let run = try bench.run("train", [.number(50)], ["model": .layer(model)])
    let losses = run["losses"]?.numbers ?? []
    #expect(losses.count == 50)
    let printed = stride(from: 4, to: losses.count, by: 5).map { String(format: "%.6f", losses[$0]) }
    #expect(printed == table)
    #expect(bench.log.diagnostics.map(\.code.text) == ["E0402", "E0403", "E0404"])
  }

  @Test func `two trainings of 25 epochs are one of 50, bit for bit`() throws {
    let bench = try LibraryBench()
    let model = try bench.network([2, 16, 1], "relu")
    let first = try bench.run("train", [.number(25)], ["model": .layer(model)])
    let second = try bench.run("train", [.number(25)], ["model": .layer(model)])
    let other = try LibraryBench()
    let whole = try other.run(
      "train", [.number(50)], ["model": .layer(try other.network([2, 16, 1], "relu"))])
    let parts = (first["losses"]?.numbers ?? []) + (second["losses"]?.numbers ?? [])
    #expect(parts == whole["losses"]?.numbers)
  }
}
