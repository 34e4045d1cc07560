// The messages about shapes that do not fit, found by the checker before a row is read. A file of
// Tests/Golden/shapes holds one script; the csv headers are here.
import AdamData
import AdamSemantics
import AdamSource
import AdamSyntax
import AdamTestSupport
import Foundation
import Synchronization
import Testing

@testable import AdamLibrary

private let folder = ProjectFiles.root.appendingPathComponent("Tests/Golden/shapes")

private func scripts() -> [String] {
  let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  return files.filter { $0.hasSuffix(".adam") }.sorted()
}

/// Headers only: asking for a byte more fails the test.
private final class HeaderSource: ByteSource {
  private var header: [UInt8]?
  init(_ text: String) { header = Array(text.utf8) }
  var isReopenable: Bool { true }
  func read(into buffer: inout [UInt8], limit: Int) throws(HostError) -> Bool {
    guard let header else {
      throw HostError(.cannotRead, path: "header only", reason: "a row was read")
    }
    buffer += header
    self.header = nil
    return true
  }
}

@Suite struct ShapeGoldenTests {
  private let headers = [
    "houses.csv": "rooms,area,age,price\n", "arm.csv": "a,b,x,y,z\n",
    "iris.csv": "sepal,petal,species\n",
  ]

  private func rendered(_ file: String) throws -> String {
    let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(file)))
    let headers = headers
    var host = MemoryWorld().host
    host.open = { path throws(HostError) in
      guard let header = headers[path] else {
        throw HostError(.cannotOpen, path: path, reason: "No such file or directory")
      }
      return HeaderSource(header)
    }
    let session = SessionState(host: host, environment: .standard) { _ in }
    let text = SourceText(name: file, bytes: bytes)
    let parsed = parse(text, id: session.sources.add(text))
    #expect(parsed.diagnostics.isEmpty)
    let program = lower(parsed.tree, environment: .standard)
    var checker = Checker(session: session, globals: [:], isInteractive: false)
    let renderer = DiagnosticRenderer(style: .human, usesColor: false)
    return checker.check(program).diagnostics.map { renderer.render($0, session.sources) }
      .joined()
  }

  @Test(arguments: scripts()) func `shape messages are the recorded ones`(file: String) throws {
    let found = try rendered(file)
    let name = file.replacingOccurrences(of: ".adam", with: ".expected")
    let golden = folder.appendingPathComponent(name)
    let expected = (try? String(contentsOf: golden, encoding: .utf8)) ?? ""
    if found != expected, ProcessInfo.processInfo.environment["ADAM_BLESS"] == "1" {
      try found.write(to: golden, atomically: true, encoding: .utf8)
    }
    #expect(found == expected)
  }
}
