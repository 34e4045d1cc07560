// `adam fmt` as a user calls it.
import AdamTestSupport
import Foundation
import Testing

@Suite("adam fmt")
struct FormatCommandTests {
  static let untidy = "x=1\nprint x+1 # sum\n"
  static let tidy = "x = 1\nprint x + 1  # sum\n"

  @Test("files are rewritten in place, once")
  func inPlace() throws {
    let folder = try TemporaryFolder()
    let (a, b) = (try folder.file("a.adam", Self.untidy), try folder.file("b.adam", Self.tidy))
    let link = folder.path("link.adam")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: a)
    let inode = try identity(of: b)
    let first = try AdamProgram.run(["fmt", link, b])
    #expect(first.status == 0 && first.output.isEmpty && first.errors == "formatted \(link)\n")
    #expect(try String(contentsOfFile: a, encoding: .utf8) == Self.tidy)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == a)
    #expect(try identity(of: b) == inode, "a file without changes is not written")
    let second = try AdamProgram.run(["fmt", a, b])
    #expect(second.status == 0 && second.errors.isEmpty)
  }

  private func identity(of path: String) throws -> NSNumber? {
    try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? NSNumber
  }

  @Test("--check names the files that differ and writes nothing")
  func check() throws {
    let folder = try TemporaryFolder()
    let (a, b) = (try folder.file("a.adam", Self.untidy), try folder.file("b.adam", Self.tidy))
    let result = try AdamProgram.run(["fmt", "--check", a, b])
    #expect(result.status == 1 && result.output == "\(a)\n" && result.errors.isEmpty)
    #expect(try String(contentsOfFile: a, encoding: .utf8) == Self.untidy)
    #expect(try AdamProgram.run(["fmt", "--check", b]).status == 0)
  }

  @Test("--diff shows what would change")
  func difference() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.adam", "a = 1\nb = 2\nc = 3\nd = 4\n\n\n\n\nx=1\ny = 1\nf(\n1)")
    let result = try AdamProgram.run(["fmt", "--diff", path])
    #expect(result.status == 0)
    #expect(
      result.output == """
        --- \(path)
        +++ \(path)
        @@ -4,9 +4,7 @@
         d = 4
        \(" ")
        \(" ")
        -
        -
        -x=1
        +x = 1
         y = 1
         f(
        -1)
        \\ No newline at end of file
        +  1)

        """)
    #expect(try AdamProgram.run(["fmt", "--diff", "--check", path]).status == 1)
    // The tool that applies differences makes the formatted file of it.
    let patched = try AdamProgram.shell(
      "\"$ADAM\" fmt --diff a.adam > a.diff && cp a.adam b.adam && patch -s b.adam a.diff && \"$ADAM\" fmt --check b.adam",
      folder: folder.url.path)
    #expect(patched.status == 0 || patched.errors.contains("patch: command not found"), "\(patched)")
  }

  @Test("- formats standard input to standard output")
  func filter() throws {
    let result = try AdamProgram.run(["fmt", "-"], input: Self.untidy)
    #expect(result.status == 0 && result.output == Self.tidy && result.errors.isEmpty)
    let tidy = try AdamProgram.run(["fmt", "-"], input: Self.tidy)
    #expect(tidy.output == Self.tidy, "what needs no change is passed on too")
    #expect(try AdamProgram.run(["fmt", "--check", "-"], input: Self.untidy).output == "<stdin>\n")
  }

  @Test("a script with syntax errors stays as it is; the others are formatted")
  func errors() throws {
    let folder = try TemporaryFolder()
    let (a, b) = (try folder.file("a.adam", "x=(1\n"), try folder.file("b.adam", Self.untidy))
    let result = try AdamProgram.run(["fmt", "--message-format", "short", a, b])
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("\(a):1:3: error[E0101]"))
    #expect(try String(contentsOfFile: a, encoding: .utf8) == "x=(1\n")
    #expect(try String(contentsOfFile: b, encoding: .utf8) == Self.tidy)
    #expect(try AdamProgram.run(["fmt", "-"], input: "x=(1\n").output.isEmpty)
    #expect(try AdamProgram.run(["fmt", folder.path("missing.adam")]).status == 2)
    #expect(try AdamProgram.run(["fmt"]).status == 2)
  }

  @Test("a file that cannot be written is an error")
  func unwritable() throws {
    let result = try AdamProgram.shell("echo x=1 | \"$ADAM\" fmt - > /dev/full")
    #expect(result.status == 74)
  }
}
