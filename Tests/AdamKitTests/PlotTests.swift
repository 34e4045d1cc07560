// plot as an SVG file and on a terminal, and what it refuses. The text form is a golden file.
import AdamKit
import AdamTestSupport
import Testing

@Suite struct PlotTests {
  @Test func `an SVG has a point for every number, round ticks and escaped names`() throws {
    let files = MemoryFiles()
    let run = ScriptRun(
      "plot [1, 3, 2], [2, none, 4], legend=[\"a & b\", \"c<d\"], title=\"t\", out=\"f.svg\"", files: files)
    #expect(run.text.isEmpty)
    let svg = String(decoding: try #require(files["f.svg"]), as: UTF8.self)
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\"") && svg.hasSuffix("</svg>\n"))
    let paths = svg.split(separator: "\n").filter { $0.hasPrefix("<path") }
    #expect(paths.count == 2 && paths[0].count { $0 == "L" } == 2 && paths[1].count { $0 == "L" } == 1)
    #expect(svg.contains(">a &amp; b<") && svg.contains(">c&lt;d<") && svg.contains(">3<"), "\(svg)")
    #expect(paths[0].hasPrefix("<path d=\"M31.00 344.00 L327.50 141.33 L624.00 242.67\""), "\(paths[0])")
  }

  @Test func `points and bars are shapes of their own`() throws {
    let files = MemoryFiles()
    let run = ScriptRun(
      """
      plot [[0, 1], [2, 3]], kind="scatter", out="points.svg"
      plot [1, 2, 2, 3], kind="hist", bins=2, out="bars.svg"
      """, files: files)
    #expect(run.text.isEmpty)
    let points = String(decoding: try #require(files["points.svg"]), as: UTF8.self)
    let bars = String(decoding: try #require(files["bars.svg"]), as: UTF8.self)
    #expect(points.split(separator: "\n").count { $0.hasPrefix("<circle") } == 2)
    #expect(bars.split(separator: "\n").count { $0.hasPrefix("<rect x=") } == 2)
  }

  @Test(arguments: [
    ("plot", "E0203"), ("plot \"a\"", "found a string"), ("plot [1], out=\"a.png\"", "E0211"),
    ("plot [1], kind=\"bars\"", "kind"), ("plot [1, 0], log=true", "shows numbers above 0, found 0"),
    ("plot zeros(2, 2, 2)", "found a tensor [2, 2, 2]"), ("plot [1], [2], legend=[\"a\"]", "each of 2 curves"),
    ("plot [none]", "no number to draw"), ("plot ([1, 2], [1, 2, 3])", "2 numbers for x and 3 for y"),
  ]) func `what cannot be drawn is refused`(script: String, message: String) {
    let run = ScriptRun(script)
    #expect(run.messages.count == 1 && run.messages[0].contains(message), "\(run.messages)")
  }
}
