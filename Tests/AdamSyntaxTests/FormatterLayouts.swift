// How formatted scripts look.
import Testing

struct Layout: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var source: String
  var expected: String
  init(_ name: String, _ source: String, _ expected: String) {
    testDescription = name
    self.source = source
    self.expected = expected
  }
}

private let layouts: [Layout] = [
  Layout("operators", "x=1+2*-3^2\ny = x  ==1 and not  b\n", "x = 1 + 2 * -3^2\ny = x == 1 and not b\n"),
  Layout("arguments", "f( a ,b,lr = 1e-3 )\n", "f(a, b, lr=1e-3)\n"),
  Layout("signs", "--x\ny = - ( 2 )\n-[1]\n", "--x\ny = -(2)\n-[1]\n"),
  Layout("ranges and slices", "x[ : ,0 ]+y[-24 ...]+z[..<-1]\nfor i in 0 ..< 3 { }\n", "x[:, 0] + y[-24...] + z[..<-1]\nfor i in 0..<3 {}\n"),
  Layout("fields", "model.0 . weight [ 0 ]\n2 .abs()\n", "model.0.weight[0]\n2 .abs()\n"),
  Layout("verbs", "print(1)\nprint (1)*2\ntrain 5 epochs,lr = 1\nr=train steps=5\n", "print(1)\nprint (1) * 2\ntrain 5 epochs, lr=1\nr = train steps=5\n"),
  Layout("functions", "fn f (x,y = 2)x+y\ng = fn (x)(x,1)\nh = fn(x)-x\nk = fn(x) [x]\n", "fn f(x, y=2) x + y\ng = fn(x) (x, 1)\nh = fn(x) -x\nk = fn(x) [x]\n"),
  Layout("keywords as names", "a.fn (1)\nf(if = 1,load = 2)\n", "a.fn(1)\nf(if=1, load=2)\n"),
  Layout("one line stays one line", "a = 1 ;b=2;  train 50\n", "a = 1; b = 2; train 50\n"),
  Layout("a semicolon at the end stays", "train 50 ;\n", "train 50;\n"),
  Layout("blocks on one line", "on epoch every 5 {print epoch}\nif a{}else{b}\n", "on epoch every 5 { print epoch }\nif a {} else { b }\n"),
  Layout("blocks on several lines", "if a { b\nc }\nelse\n{ d }\n", "if a {\n  b\n  c\n} else { d }\n"),
  Layout("nested blocks", "fn f(x) {\nfor i in x {\nif i {\nbreak\n}\n}\n}\n", "fn f(x) {\n  for i in x {\n    if i {\n      break\n    }\n  }\n}\n"),
  Layout("blank lines", "\n\na\n\n\n\n\nb\nfn f() {\n\n\n  a\n\n\n\n  b\n\n}\n\n\n", "a\n\n\nb\nfn f() {\n  a\n\n  b\n}\n"),
  Layout("comments", "#!/usr/bin/adam\nx = 1#one\n  # two\nfn f() { # three\n# four\nx\n# five\n}\n# six", "#!/usr/bin/adam\nx = 1  #one\n# two\nfn f() {  # three\n  # four\n  x\n  # five\n}\n# six\n"),
  Layout(
    "comments in one column",
    "x = 1      # a\n           # b\nlong = 2   # c\ny = 3 # d\n",
    "x = 1     # a\n          # b\nlong = 2  # c\ny = 3  # d\n"),
  Layout("assignments in one column", "data  = a\nmodel = b\nopt   = c\nr = d\n", "data  = a\nmodel = b\nopt   = c\nr = d\n"),
  Layout("a column no wider than it must be", "a       = 1\nbb      = 2\n", "a  = 1\nbb = 2\n"),
  Layout("one assignment has no column", "a       = 1\n\nbb      = 2\n", "a = 1\n\nbb = 2\n"),
  Layout(
    "pipes stand below their expression", "data = csv(\"a\")\n|> split(train = 0.8)\n  |> batch(2)\n",
    "data = csv(\"a\")\n       |> split(train=0.8)\n       |> batch(2)\n"),
  Layout("a pipe of a statement", "xs\n|> f\n", "xs\n  |> f\n"),
  Layout("brackets that hang", "model = seq(\nlinear(1,2), relu,\n      linear(2,1),\n  )\n", "model = seq(\n  linear(1, 2), relu,\n  linear(2, 1),\n)\n"),
  Layout("brackets that line up", "x = [[1,2],\n[3,4]]\ny = f(a,\nb,\n)\n", "x = [[1, 2],\n     [3, 4]]\ny = f(a,\n      b,\n)\n"),
  Layout("arguments of verbs line up", "train 5,\nval=every(2),\n  stop=x\n", "train 5,\n      val=every(2),\n      stop=x\n"),
  Layout("operators at the end of a line", "x = a +\nb\n", "x = a +\n    b\n"),
  Layout("a function among arguments", "m = seq(a, fn(x) {\nx\n}, b)\n", "m = seq(a, fn(x) {\n  x\n}, b)\n"),
  Layout(
    "a layer", "layer g(n){\nparam w[n,2]=ones()\nfn(x)x*w\n}\n",
    "layer g(n) {\n  param w[n, 2] = ones()\n  fn(x) x * w\n}\n"),
  Layout("strings as they are", "print \"{ x+1 :.2f}  {\"a\"}\"\n", "print \"{ x+1 :.2f}  {\"a\"}\"\n"),
  Layout("nothing", "\n \n", ""),
  Layout("a comment behind a sign", "-# c\nx\n", "-# c\n    x\n"),
]


@Test(arguments: layouts)
func `A text gets the one layout`(_ layout: Layout) {
  #expect(formatted(layout.source) == layout.expected)
  #expect(formatted(layout.expected) == layout.expected)
}

@Test(arguments: ["x = (1", "a b", "'x'", "x = “a”", "\"open", "caf\u{E9} = 1"])
func `A text with syntax errors is not formatted`(_ text: String) {
  #expect(formatted(text) == nil)
}
