// The house rules that a program can check.
import AdamTestSupport
import Foundation
import Testing

@Suite("The house rules")
struct HouseTests {
  static let sources = (try? Repository.swiftFiles("Sources")) ?? []

  @Test("no file is longer than 400 lines, or 600 with a reason in it")
  func fileLength() throws {
    for file in HouseTests.sources {
      let text = try Repository.text(file)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
      #expect(lines <= (text.contains("// Long because") ? 600 : 401), "\(file): \(lines) lines")
    }
  }

  @Test("every file says in its first lines what it is for")
  func purpose() throws {
    for file in HouseTests.sources {
      #expect(try Repository.text(file).hasPrefix("//"), "\(file) has no purpose line")
    }
  }

  @Test("nothing that traps stands on a user's path")
  func noTraps() throws {
    let traps = ["fatalError(", "try!", " as! ", "preconditionFailure(", "precondition(", "assertionFailure("]
    for file in HouseTests.sources {
      for (number, line) in try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        let code = line.components(separatedBy: "//")[0]
        for trap in traps {
          #expect(!code.contains(trap), "\(file):\(number + 1): \(trap)")
        }
      }
    }
  }

  @Test("names say what a thing is")
  func names() throws {
    let forbidden = /(class|struct|enum|protocol)\s+\w*(Manager|Helper|Utils?|Handler|Misc|Base)\b/
    for file in HouseTests.sources {
      #expect(try Repository.text(file).firstMatch(of: forbidden) == nil, "\(file)")
    }
  }

  @Test("nothing is left to do")
  func leftOvers() throws {
    for file in HouseTests.sources {
      let text = try Repository.text(file)
      for word in ["TO" + "DO", "FIX" + "ME", "XX" + "X"] { #expect(!text.contains(word), "\(file): \(word)") }
    }
  }

  @Test("the top level holds what it should and nothing else")
  func topLevel() throws {
    let visible = try FileManager.default.contentsOfDirectory(atPath: AdamProgram.root)
      .filter { !$0.hasPrefix(".") && $0 != "Package.resolved" && !$0.hasSuffix(".safetensors") }
    #expect(visible.sorted() == ["Package.swift", "README.md", "Sources", "Tests", "grammar.md", "scripts"])
  }
}
