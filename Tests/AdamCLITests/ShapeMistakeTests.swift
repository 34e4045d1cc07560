// The three shape mistakes, found from the script and the table's header alone: the table is a FIFO
// that gives its header and then nothing, so that reading a row would never end.
import AdamTestSupport
import Foundation
import Testing

@Suite("Shape mistakes are found before a row is read")
struct ShapeMistakeTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    var code: String
    var script: String
    var message: String
    /// What stands under the two places.
    var marks: [String]
    var testDescription: String { code }
  }

  static let mistakes = [
    Mistake(
      code: "E0301",
      script: """
        data = csv("houses.csv", target="price")
        model = seq(linear(3,16), relu, linear(8,1))
        train 50
        """,
      message: "layer 3 takes 8 inputs but layer 2 produces 16",
      marks: ["------------  ----  ^^^^^^^^^^^ takes [batch, 8]", "makes [batch, 16]"]),
    Mistake(
      code: "E0302",
      script: """
        data = csv("houses.csv", target="price")
        model = seq(linear(2,16), relu, linear(16,1))
        train 50
        """,
      message: "the data has 3 input columns but the first layer takes 2",
      marks: ["^^^^^^^^^^^^ takes [batch, 2]", "3 input columns: rooms, area, age"]),
    Mistake(
      code: "E0303",
      script: """
        data = csv("houses.csv", target=["rooms", "area", "age"])
        model = seq(linear(1,16), relu, linear(16,1))
        train 50
        """,
      message: "the target is [batch, 3] but the model outputs [batch, 1]",
      marks: ["target is [batch, 3]", "output is [batch, 1]", "^^^^^^^^"]),
  ]

  @Test("with both places, within 200 ms of waiting", arguments: mistakes)
  func mistake(_ mistake: Mistake) throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("net.adam", mistake.script)
    let result = try AdamProgram.shell(
      """
      mkfifo houses.csv
      (printf 'rooms,area,age,price\\n'; exec sleep 120) > houses.csv & writer=$!
      timeout 60 "$ADAM" check net.adam; echo rc=$? >&2
      kill $writer
      """, folder: folder.url.path)
    #expect(result.output == "")
    #expect(result.errors.contains("error[\(mistake.code)]: \(mistake.message)"))
    for mark in mistake.marks { #expect(result.errors.contains(mark), "\(result.errors)") }
    #expect(result.errors.contains("= help:"))
    #expect(result.errors.components(separatedBy: "error[").count == 2, "one mistake, one error")
    #expect(result.errors.hasSuffix("rc=1\n"))
  }

  @Test("a good script of a million epochs checks without training")
  func goodScript() throws {
    let folder = try TemporaryFolder()
    let script = try folder.file(
      "net.adam", "model = seq(linear(2,16), relu, linear(16,1)); opt = adam(lr=1e-3); train 1000000")
    let result = try AdamProgram.run(["check", script])
    #expect(result.status == 0)
  }

  @Test("a run through a FIFO reads the header once and then the rows")
  func runFromFIFO() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file(
      "net.adam",
      """
      data = csv("t.csv", target="y")
      model = linear(data.features, 1)
      loss = mse
      opt = adam(lr=0.1)
      train 3
      print data.rows
      """)
    let result = try AdamProgram.shell(
      """
      mkfifo t.csv
      printf 'a,b,y\\n1,2,3\\n4,5,6\\n' > t.csv &
      timeout 60 "$ADAM" net.adam; echo rc=$? >&2
      """, folder: folder.url.path)
    #expect(result.output == "2\n")
    #expect(result.errors.hasSuffix("rc=0\n"))
  }
}
