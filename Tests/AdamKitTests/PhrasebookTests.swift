// Words of other languages and tools: what is said about them exists here, and they do not.
import AdamLibrary
import AdamSource
import AdamTestSupport
import Testing

@testable import AdamKit

@Suite struct PhrasebookTests {
  private static let options = Set(
    Environment.standard.builtins.values.flatMap(\.family).flatMap { $0.signature.parameters.map(\.name) })

  @Test(arguments: Phrasebook.options.map(\.word)) func `an option of other tools has its name here`(_ word: String) throws {
    let option = try #require(Phrasebook.option(word))
    #expect(Self.options.contains(option))
    #expect(!Self.options.contains(word))
    guard case .found(let text) = Documentation.answer(to: word) else {
      Issue.record("nothing is said about `\(word)`")
      return
    }
    #expect(text.contains("`\(option)`") || text.contains("Names with"))
  }

  @Test func `every word stands once and says what to write`() {
    for table in [Phrasebook.words, Phrasebook.names, Phrasebook.members] {
      #expect(Set(table.map(\.word)).count == table.count)
      for entry in table { #expect(entry.help.count > 8, "\(entry.word)") }
    }
    #expect(Set(Phrasebook.options.map(\.word)).count == Phrasebook.options.count)
  }

  @Test func `nothing far-fetched is suggested`() {
    #expect(Documentation.suggestion(for: "nope") == nil)
    #expect(Documentation.suggestion(for: "lineer") == "linear")
  }

  @Test func `all parts outside of the model are named`() {
    let run = ScriptRun(
      """
      a = linear(4, 4); b = linear(4, 4); c = linear(4, 4); d = linear(4, 4)
      model = seq(linear(2, 4), fn(x) d(c(b(a(x)))), linear(4, 1))
      data = ([[1, 2]], [[1]]); loss = mse(); opt = adam()
      fn own(p, y) mse(p, y) + sum(a.weight^2) + sum(b.weight^2) + sum(c.weight^2) + sum(d.weight^2)
      model = linear(2, 1)
      loss = own
      r = train 1
      """)
    #expect(run.messages.count == 1)
    #expect(run.messages.first?.contains("which are no parts of the model") == true, "\(run.messages)")
  }
}
