// Scaling and splitting of rows.
import AdamData
import AdamTestSupport
import Testing

@Suite struct PreparationTests {
  @Test func statisticsAreFittedOnTheGivenRowsOnly() {
    let values: [Double] = [1, 10, 3, 20, 100, 1000]
    let scaling = ColumnScaling.standardize(values, columns: 2, fittedOn: [0, 1])
    #expect(scaling.offsets == [2, 15])
    #expect(scaling.scales == [1, 5])
    #expect(scaling.apply(values) == [-1, -1, 1, 1, 98, 197])
    #expect(scaling.undo(98, column: 0) == 100)
    #expect(ColumnScaling.minmax(values, columns: 2).apply([1, 10, 100, 1000]) == [0, 0, 1, 1])
  }

  @Test func aConstantColumnBecomesZeros() {
    for make in [ColumnScaling.standardize, ColumnScaling.minmax] {
      let scaling = make([0.1, 0.1, 0.1, 0.1, 0.1, 0.1], 1, nil)
      #expect(scaling.scales == [1])
      #expect(scaling.apply([0.1, 0.1]) == [0, 0])
    }
  }

  @Test func irisIsStandardisedToNumpysBits() throws {
    let source = MemorySource(try ProjectFiles.bytes(of: "scripts/data/iris.csv"))
    let reader = CSVReader(source: source, path: "iris.csv", span: nil)
    let columns = try reader.readHeader()
    let roles = try ColumnRoles(
      columns: columns, target: .label("species"), path: "iris.csv", span: nil)
    let table = try reader.readRows(roles.uses(count: columns.count))
    let values = table.numbers(columns: roles.inputs)
    let scaled = ColumnScaling.standardize(values, columns: 4).apply(values)
    #expect(SHA256.hex(floats: scaled) == "be27c9818801eb63d228ec1408ce696ff7166b8f1d0f7bb51eae4d56c03b6334")
  }

  @Test func partsCoverTheRowsOnce() {
    #expect(SplitPlan.counts(rows: 10, fractions: [0.8, 0.1, 0.1]) == [8, 1, 1])
    #expect(SplitPlan.counts(rows: 11, fractions: [0.5, 0.5]) == [6, 5])
    #expect(SplitPlan.counts(rows: 0, fractions: [0.8, 0.2]) == [0, 0])
    #expect(SplitPlan.counts(rows: 5, fractions: []) == [])
    var generator = Generator(seed: 0)
    let before = generator.state
    let inOrder = SplitPlan.parts(rows: 5, counts: [3, 2], shuffle: false, generator: &generator)
    #expect(inOrder == [[0, 1, 2], [3, 4]])
    #expect(generator.state == before)
    let mixed = SplitPlan.parts(rows: 100, counts: [60, 40], shuffle: true, generator: &generator)
    #expect(mixed.flatMap { $0 }.sorted() == Array(0..<100))
    var torch = Generator(seed: 0)
    #expect(mixed == torch.randomSplit(counts: [60, 40]))
  }
}
