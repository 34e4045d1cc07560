// README's module table, the package manifest and the imports in the sources say the same, and no
// arrow points back.
import AdamTestSupport
import Foundation
import Testing

/// One row of README's module table.
struct ModuleRow: Sendable {
  var name: String
  var imports: [String]
}

enum Repository {
  static var root: URL { URL(fileURLWithPath: AdamProgram.root) }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// Swift files under a folder; a linked folder has those of its target.
  static func swiftFiles(_ folder: String) throws -> [String] {
    let base = root.appendingPathComponent(folder).resolvingSymlinksInPath()
    guard let walker = FileManager.default.enumerator(atPath: base.path) else { return [] }
    return walker.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
      .map { "\(folder)/\($0)" }
  }

  /// The rows between the header of README's module table and its end, in order.
  static func modules() throws -> [ModuleRow] {
    let lines = try text("README.md").split(separator: "\n", omittingEmptySubsequences: false)
    guard let header = lines.firstIndex(where: { $0.hasPrefix("| module |") }) else { return [] }
    return lines[(header + 2)...].prefix { $0.hasPrefix("|") }.map { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let names = cells[2].split(separator: ",").map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
      }
      return ModuleRow(
        name: cells[0].trimmingCharacters(in: CharacterSet(charactersIn: "`")),
        imports: names.filter { $0 != "–" })
    }
  }
}

@Suite("The architecture")
struct ArchitectureTests {
  @Test("the module table names every folder of Sources, in data-flow order")
  func tableIsComplete() throws {
    let modules = try Repository.modules()
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Repository.root.appendingPathComponent("Sources").path)
    #expect(modules.map(\.name).sorted() == folders.sorted())
    for (index, module) in modules.enumerated() {
      let earlier = Set(modules[..<index].map(\.name))
      for name in module.imports {
        #expect(earlier.contains(name), "\(module.name) imports \(name), which does not stand above it")
      }
    }
  }

  @Test("each source imports only what its row of the table allows")
  func importsAgree() throws {
    let modules = try Repository.modules()
    let known = Set(modules.map(\.name))
    for module in modules {
      var used: Set<String> = []
      for file in try Repository.swiftFiles("Sources/\(module.name)") {
        for line in try Repository.text(file).split(separator: "\n") {
          let words = line.split(separator: " ").filter { !$0.hasPrefix("@") && $0 != "public" && $0 != "package" }
          guard words.count >= 2, words[0] == "import" else { continue }
          let name = String(words[1])
          guard known.contains(name) else { continue }
          used.insert(name)
          #expect(module.imports.contains(name), "\(file) imports \(name)")
        }
      }
      let unused = Set(module.imports).subtracting(used)
      #expect(unused.isEmpty, "\(module.name) may import \(unused.sorted()) and does not")
    }
  }

  @Test("the library never reaches readline, the argument parser or Foundation")
  func libraryIsLean() throws {
    for module in try Repository.modules() where !["AdamCLI", "AdamREPL", "AdamBench"].contains(module.name) {
      for file in try Repository.swiftFiles("Sources/\(module.name)") {
        let text = try Repository.text(file)
        for name in ["Foundation", "CReadline", "ArgumentParser"] {
          #expect(!text.contains("import \(name)"), "\(file) imports \(name)")
        }
      }
    }
  }

  @Test("the kernel folders of the higher levels are links to the one source")
  func kernelLinks() throws {
    for name in ["AdamKernelsV3", "AdamKernelsV4"] {
      let path = Repository.root.appendingPathComponent("Sources/\(name)").path
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "AdamKernels")
    }
  }
}
