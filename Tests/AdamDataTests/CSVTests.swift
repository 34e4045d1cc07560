// Good and bad csv files: what is read, and what is said about what cannot be.
import AdamData
import AdamSource
import AdamTestSupport
import Testing

/// Gives out its bytes in chunks of a chosen size.
final class MemorySource: ByteSource {
  let isReopenable = true
  private var rest: ArraySlice<UInt8>
  private let chunk: Int
  private(set) var reads = 0

  init(_ bytes: [UInt8], chunk: Int = .max) {
    rest = bytes[...]
    self.chunk = chunk
  }

  func read(into buffer: inout [UInt8], limit: Int) throws(HostError) -> Bool {
    reads += 1
    let part = rest.prefix(min(chunk, limit))
    rest = rest.dropFirst(part.count)
    buffer += part
    return !part.isEmpty
  }
}

private func read(
  _ bytes: [UInt8], chunk: Int = .max, target: TargetSelection = .none
) throws(Diagnostic) -> Table {
  let reader = CSVReader(source: MemorySource(bytes, chunk: chunk), path: "t.csv", span: nil)
  let columns = try reader.readHeader()
  let roles = try ColumnRoles(columns: columns, target: target, path: "t.csv", span: nil)
  return try reader.readRows(roles.uses(count: columns.count))
}

private func read(_ text: String, chunk: Int = .max) throws(Diagnostic) -> Table {
  try read(Array(text.utf8), chunk: chunk)
}

/// `message | notes` of the fault, or `ok`.
private func fault(_ bytes: [UInt8], target: TargetSelection = .none) -> String {
  do {
    _ = try read(bytes, target: target)
    return "ok"
  } catch {
    return ([error.message] + error.notes).joined(separator: " | ")
  }
}

private func fault(_ text: String) -> String { fault(Array(text.utf8)) }

@Suite struct CSVTests {
  @Test(arguments: [
    ("plain", "a,b\n1,2\n3,4\n"), ("no final newline", "a,b\n1,2\n3,4"),
    ("carriage returns", "a,b\r1,2\r3,4\r"), ("both", "a,b\r\n1,2\r\n3,4\r\n"),
    ("byte order mark", "\u{FEFF}a,b\n1,2\n3,4\n"), ("blank lines", "\na,b\n\n1,2\n  \n3,4\n\n\n"),
    ("spaces", " a , b \n 1 ,2 \n3, 4\n"), ("quotes", "\"a\",\"b\"\n\"1\",2\n3,\"4\"\n"),
    ("exponents", "a,b\n1e0,20E-1\n+3,.4e1\n"), ("leading zero", "a,b\n01,02.0\n3.,4.00\n"),
  ])
  func goodFilesGiveTheSameTable(name: String, text: String) throws {
    for chunk in [1, 2, 3, 7, .max] {
      let table = try read(text, chunk: chunk)
      #expect(table.columns == ["a", "b"], "\(name)")
      #expect(table.numbers(columns: [0, 1]) == [1, 2, 3, 4], "\(name), chunk \(chunk)")
      #expect(table.rowCount == 2)
    }
  }

  @Test func quotedFieldsHoldNewlinesQuotesAndDelimiters() throws {
    let text = "name,\"x\"\"y\"\n\"a\nb,\"\"c\"\"\",1\nd\"e,2\n"
    for chunk in [1, 5, .max] {
      let table = try read(Array(text.utf8), chunk: chunk, target: .label("name"))
      #expect(table.columns == ["name", "x\"y"])
      #expect(table.texts[0]?.texts == ["a\nb,\"c\"", "d\"e"])
      #expect(table.lines == [2, 4])
    }
  }

  @Test(arguments: [
    ("", "the file is empty | in t.csv"),
    ("\n\n", "the file is empty | in t.csv"),
    ("a,b\n", "`t.csv` has a header and no rows | in t.csv"),
    ("a,b,c\n1,2,3\n4,5\n", "row 3 has 2 fields, header has 3 | at t.csv:3:1"),
    ("a,b\n1,2,3\n", "row 2 has 3 fields, header has 2 | at t.csv:2:1"),
    ("a,b\n1,2\n1,\"2\n", "the quote opened here is never closed | at t.csv:3:3"),
    ("a,b\n1,\"2\"x\n", "row 2, column `b`: text follows the closing quote | at t.csv:2:3"),
    ("a;b\n1,5;2\n", "found ';' between the columns, where commas are expected | at t.csv:1:1"),
    ("a\tb\n1\t2\n", "found a tab between the columns, where commas are expected | at t.csv:1:1"),
    ("a,b\n1,2\n1,\"1,234\"\n", "row 3, column `b`: `1,234` is not a number | at t.csv:3:3"),
    ("a,b\n1,１２\n", "row 2, column `b`: `１２` is not a number; the column is text | at t.csv:2:3"),
    ("a,b\n1,2\nä,3\n", "row 3, column `a`: `ä` is not a number | at t.csv:3:1"),
    ("é,b\n1,2\n1, x\n", "row 3, column `b`: `x` is not a number | at t.csv:3:3"),
    ("a,a\n1,2\n", "columns 1 and 2 are both named `a` | at t.csv:1:1"),
    ("a,,c\n1,2,3\n", "column 2 of t.csv has no name | at t.csv:1:1"),
    ("a\n1\n1e400\n", "row 3, column `a`: `1e400` is too large for a 32-bit number | at t.csv:3:1"),
    ("a\n1\n1e39\n", "row 3, column `a`: `1e39` is too large for a 32-bit number | at t.csv:3:1"),
    ("a\n1\n0x10\n", "row 3, column `a`: `0x10` is not a number | at t.csv:3:1"),
    ("a\n1\n1_000\n", "row 3, column `a`: `1_000` is not a number | at t.csv:3:1"),
    ("a\n1\n-Inf\n", "row 3, column `a`: `-Inf` is not a finite number | at t.csv:3:1"),
    ("a\n1\n1e\n", "row 3, column `a`: `1e` is not a number | at t.csv:3:1"),
    ("a\n1\n.\n", "row 3, column `a`: `.` is not a number | at t.csv:3:1"),
    ("a\n1\n1.2.3\n", "row 3, column `a`: `1.2.3` is not a number | at t.csv:3:1"),
    ("a\n1\n=1+2\n", "row 3, column `a`: `=1+2` is not a number | at t.csv:3:1"),
    ("a\n1\n1\u{0}2\n", "row 3, column `a`: the cell holds a NUL byte | at t.csv:3:1"),
    (
      "a,b\n1,\n2,3\nNA,nan\n",
      "column `a` has a missing value, in row 4 | at t.csv:4:1 | missing values also in `b` | "
        + "the header is row 1"
    ),
    (
      "a\n\"\"\nn/a\nNULL\n",
      "column `a` has 3 missing values, in rows 2, 3, 4 | at t.csv:2:1 | the header is row 1"
    ),
  ])
  func faultsNameTheirPlace(text: String, message: String) {
    // A NUL in the first kilobyte is found when the file is opened.
    let wanted = text.contains("\u{0}") ? "`t.csv` is not text: its byte 6 is NUL | in t.csv" : message
    #expect(fault(text) == wanted)
  }

  @Test func aNULFurtherOnIsFoundInItsCell() {
    let rows = String(repeating: "1,2\n", count: 500)
    #expect(
      fault("a,b\n" + rows + "1,2\u{0}\n")
        == "row 502, column `b`: the cell holds a NUL byte | at t.csv:502:3")
  }

  @Test(arguments: [
    ([0x1F, 0x8B, 8, 0], "a gzip archive"), ([0xFF, 0xFE, 0x61, 0], "UTF-16 text"),
    ([0x93] + Array("NUMPY\u{1}".utf8), "a numpy file"),
    (Array("<!DOCTYPE html><html>".utf8), "an HTML page"),
    (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "a git-lfs pointer"),
    (Array("PK\u{3}\u{4}".utf8), "a zip archive"),
    ([0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0], "a Python pickle"),
    ([9, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x22, 0x61], "a safetensors file"),
  ] as [([UInt8], String)])
  func otherKindsOfFileAreNamed(bytes: [UInt8], kind: String) {
    #expect(fault(bytes) == "`t.csv` is \(kind), not csv | in t.csv")
  }

  @Test func textThatIsNotUTF8IsRefused() {
    #expect(
      fault(Array("a,b\n1,".utf8) + [0xE9, 0x0A])
        == "row 2, column `b`: the cell is not UTF-8 text | at t.csv:2:3")
    #expect(fault([0xE9, 0x0A, 0x31]) == "the header is not UTF-8 | at t.csv:1:1")
  }

  @Test func aFieldBeyondOneMegabyteIsRefusedEarly() {
    let huge = [UInt8](repeating: 0x31, count: 5 << 20)
    #expect(fault(Array("a,b\n1,".utf8) + huge) == "a field is longer than 1 MB | at t.csv:2:3")
    #expect(fault(huge) == "a field is longer than 1 MB | at t.csv:1:1")
    #expect(
      fault(Array("a,b\n1,\"".utf8) + huge) == "a field is longer than 1 MB | at t.csv:2:3")
  }

  @Test func aHundredThousandColumnsAreRead() throws {
    let names = (0..<100_000).map { "c\($0)" }.joined(separator: ",")
    let row = (0..<100_000).map(String.init).joined(separator: ",")
    let table = try read(names + "\n" + row + "\n")
    #expect(table.number(row: 0, column: 99_999) == 99_999)
  }

  @Test func numbersAreTheNearestDoubles() throws {
    let texts = [
      "0.1", "-0.0", "123456789012345", "0.000000000000123", "9007199254740993", "1e-320",
      "3.4028234e38", "123456789.123456789", "1e22", "4.35", "0.3e-5", "999999999999999.9",
    ]
    let table = try read("a\n" + texts.joined(separator: "\n") + "\n")
    let wanted = texts.map { Double($0)?.bitPattern }
    #expect(table.numbers(column: 0).map { Optional($0.bitPattern) } == wanted)
  }

  @Test func classesAreSortedAndKeepTheirSpelling() throws {
    let numbers = try read(Array("x,y\n1,10\n1,9\n1,-1\n1,1e1\n1,9.0\n".utf8), target: .label("y"))
    let labels = try #require(numbers.classes(column: 1))
    #expect(labels.names == ["-1", "9", "10"])
    #expect(labels.codes == [2, 1, 0, 2, 1])
    #expect(labels.isNumeric)
    let words = try read(Array("x,y\n1,b\n1,a\n1,10\n1,9\n1,Z\n".utf8), target: .label("y"))
    #expect(words.classes(column: 1)?.names == ["10", "9", "Z", "a", "b"])
    #expect(words.classes(column: 1)?.codes == [4, 3, 0, 1, 2])
    #expect(words.classes(column: 1)?.isNumeric == false)
    #expect(words.classes(column: 0) == nil)
  }

  @Test func targetsAreFoundByName() throws {
    let columns = ["rooms", "area", "price"]
    let roles = try ColumnRoles(
      columns: columns, target: .real(["price", "rooms"]), path: "h.csv", span: nil)
    #expect(roles.inputs == [1])
    #expect(roles.targets == [2, 0])
    #expect(roles.uses(count: 3) == [.text, .number, .text])
    func message(_ target: TargetSelection) -> String {
      do {
        _ = try ColumnRoles(columns: columns, target: target, path: "h.csv", span: nil)
        return "ok"
      } catch { return "\(error.message); \(error.label)" }
    }
    #expect(message(.label("prize")) == "`h.csv` has no column `prize`; did you mean `price`?")
    #expect(message(.real(["area", "area"])) == "column `area` is named twice as a target; ")
    #expect(
      message(.real(columns)) == "every column of the file is a target; none is left as input; ")
  }

  @Test func digitsAndIrisAreRead() throws {
    let digits = try read(ProjectFiles.bytes(of: "scripts/data/digits.csv"), target: .label("label"))
    #expect(digits.rowCount == 1797)
    #expect(digits.columns.count == 65)
    #expect(digits.classes(column: 64)?.names == (0...9).map(String.init))
    let iris = try read(ProjectFiles.bytes(of: "scripts/data/iris.csv"))
    #expect(iris.rowCount == 150)
    #expect(iris.numbers(column: 0).prefix(2) == [5.1, 4.9])
  }

  @Test func theHeaderIsReadWithoutTheRows() throws {
    let source = MemorySource(Array("a,b\r\n1,2\n".utf8), chunk: 4)
    let reader = CSVReader(source: source, path: "t.csv", span: nil)
    #expect(try reader.readHeader() == ["a", "b"])
    #expect(source.reads == 1)
    #expect(try reader.readHeader() == ["a", "b"])
    #expect(source.reads == 1)
    #expect(try reader.readRows([.number, .number]).numbers(columns: [0, 1]) == [1, 2])
  }

  @Test func damagedFilesNeverTrap() throws {
    let good = Array("\u{FEFF}name,\"x\"\n\"a\nb\",1.5e3\r\n c ,\"2\"\nd,-.5\n".utf8)
    for length in 0...good.count { _ = fault(Array(good.prefix(length))) }
    for index in good.indices {
      for byte: UInt8 in [0, 0xFF, 0x22, 0x2C, 0x0D, 0x0A, 0x2E, good[index] ^ 0x40] {
        var bad = good
        bad[index] = byte
        _ = fault(bad, target: .label("name"))
        _ = fault(bad)
      }
    }
  }
}
