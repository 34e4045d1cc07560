// Reads what a text imports, and what that imports, before anything is checked or run. A chain of any
// length costs no stack; every file is parsed and lowered once.
import AdamData
import AdamIR
import AdamLibrary
import AdamSemantics
import AdamSource
import AdamSyntax

final class ModuleLoader {
  private let host: Host
  private let environment: Environment
  private let modules: ModuleTable
  private(set) var sources: SourceMap
  private(set) var mistakes: [Diagnostic] = []
  /// The files being read, each imported by the one before.
  private var open: [OpenFile] = []
  /// Files read for this text, and those that could not be.
  private var done: [String: Int32?] = [:]

  /// How deep files may import each other.
  private static let depthLimit = 100
  /// The lexer refuses more with a message of its own.
  private static let sizeLimit = (64 << 20) + 1

  private struct OpenFile {
    var path: String
    var directory: String
    var tree: SyntaxTree
    var sites: [ImportSite]
    var importedAt: Span?
    var next = 0
    var found: [NodeID: Int32] = [:]
  }

  init(host: Host, environment: Environment, modules: ModuleTable, sources: SourceMap) {
    self.host = host
    self.environment = environment
    self.modules = modules
    self.sources = sources
  }

  /// The program of a text called `name`; what it imports stands in `modules.pending`.
  func program(of tree: SyntaxTree, name: String) -> Program {
    modules.setHome(ScriptPath.directory(of: name))
    modules.pending = []
    enter(OpenFile(
      path: name.hasPrefix("<") ? name : ScriptPath.resolve(name, in: "."), directory: ScriptPath.directory(of: name),
      tree: tree, sites: []))
    while open.count > 1 || open[0].next < open[0].sites.count {
      let last = open.count - 1
      if open[last].next < open[last].sites.count {
        open[last].next += 1
        follow(open[last].sites[open[last].next - 1])
      } else {
        leave(open.removeLast())
      }
    }
    return lower(tree, environment: environment, imports: open[0].found)
  }

  private func enter(_ file: OpenFile) {
    var file = file
    let (sites, wrong) = file.tree.imports()
    file.sites = sites
    mistakes += wrong
    open.append(file)
  }

  /// Finds the module of an `import`, or starts to read its file.
  private func follow(_ site: ImportSite) {
    let last = open.count - 1
    let path = ScriptPath.resolve(site.path, in: open[last].directory)
    if let module = modules.finished(path) {
      open[last].found[site.node] = module.number
    } else if open.contains(where: { $0.path == path }) {
      mistakes.append(.importCycle(path, isSelf: open[last].path == path, at: site.span))
    } else if let known = done[path] {
      open[last].found[site.node] = known
    } else if open.count > Self.depthLimit {
      mistakes.append(.importDepth(Self.depthLimit, at: site.span))
    } else {
      read(path, site)
    }
  }

  private func read(_ path: String, _ site: ImportSite) {
    done[path] = .some(nil)
    let bytes: [UInt8]
    do throws(HostError) { bytes = try contents(of: path) } catch {
      return mistakes.append(.cannotImport(path, error.reason, at: site.span))
    }
    let text = SourceText(name: path, bytes: bytes)
    let id = sources.add(text)
    modules.note(id, importedAt: site.span)
    let result = parse(text, id: id)
    mistakes += result.diagnostics
    guard !result.diagnostics.contains(where: { $0.severity == .error }) else { return }
    mistakes += result.tree.importedActions()
    enter(OpenFile(
      path: path, directory: ScriptPath.directory(of: path), tree: result.tree, sites: [], importedAt: site.span))
  }

  private func contents(of path: String) throws(HostError) -> [UInt8] {
    let source = try host.open(path)
    var bytes: [UInt8] = []
    while bytes.count < Self.sizeLimit {
      if try !source.read(into: &bytes, limit: 1 << 20) { break }
    }
    return bytes
  }

  /// A file with everything it imports read becomes a module.
  private func leave(_ file: OpenFile) {
    let number = modules.number(of: file.path)
    let program = lower(file.tree, environment: environment, module: number, imports: file.found)
    let module = ImportedModule(
      number: number, path: file.path, exports: file.tree.exports(), program: program,
      importedAt: file.importedAt ?? Span(file.tree.source, 0, 0))
    modules.add(module)
    modules.pending.append(module)
    done[file.path] = number
    let last = open.count - 1
    open[last].found[open[last].sites[open[last].next - 1].node] = number
  }
}
