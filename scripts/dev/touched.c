// touched PROGRAM [ARGUMENT …]: runs a static x86-64 program with its output thrown away and prints the functions
// it enters, each once, in the order in which it first does: what the linker should lay side by side.
// A breakpoint stands at the start of every function until it is met.
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BREAKPOINT = 0xcc };

struct function {
  unsigned long address;
  const char *name;
  unsigned char first;
};

static struct function *functions;
static size_t count;

static void fail(const char *what) {
  fprintf(stderr, "touched: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
  exit(1);
}

static int by_address(const void *a, const void *b) {
  unsigned long x = ((const struct function *)a)->address, y = ((const struct function *)b)->address;
  return (x > y) - (x < y);
}

static char *map(const char *path) {
  struct stat status;
  int file = open(path, O_RDONLY);
  if (file < 0 || fstat(file, &status) < 0) fail(path);
  char *image = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  if (image == MAP_FAILED) fail(path);
  close(file);
  return image;
}

// One entry for each address at which the symbol table has a function.
static void read_functions(const char *image) {
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)image;
  if (memcmp(image, ELFMAG, SELFMAG) || header->e_machine != EM_X86_64 || header->e_type != ET_EXEC)
    fail("not a static x86-64 program");
  const Elf64_Shdr *sections = (const Elf64_Shdr *)(image + header->e_shoff);
  for (int i = 0; i < header->e_shnum; i++) {
    if (sections[i].sh_type != SHT_SYMTAB) continue;
    const Elf64_Sym *symbols = (const Elf64_Sym *)(image + sections[i].sh_offset);
    const char *names = image + sections[sections[i].sh_link].sh_offset;
    size_t all = sections[i].sh_size / sizeof *symbols;
    functions = calloc(all, sizeof *functions);
    for (size_t s = 0; s < all; s++)
      if (ELF64_ST_TYPE(symbols[s].st_info) == STT_FUNC && symbols[s].st_shndx != SHN_UNDEF && symbols[s].st_size)
        functions[count++] = (struct function){symbols[s].st_value, names + symbols[s].st_name, 0};
  }
  if (count == 0) fail("the program has no symbols");
  qsort(functions, count, sizeof *functions, by_address);
  size_t kept = 1;
  for (size_t i = 1; i < count; i++)
    if (functions[i].address != functions[kept - 1].address) functions[kept++] = functions[i];
  count = kept;
}

static void run(char **arguments) {
  int nowhere = open("/dev/null", O_RDWR);
  dup2(nowhere, 0), dup2(nowhere, 1), dup2(nowhere, 2);
  ptrace(PTRACE_TRACEME, 0, NULL, NULL);
  execv(arguments[0], arguments);
  _exit(127);
}

static void set_breakpoints(int memory) {
  unsigned long start = functions[0].address, length = functions[count - 1].address + 1 - start;
  unsigned char *code = malloc(length);
  if (pread(memory, code, length, start) != (ssize_t)length) fail("cannot read the program's memory");
  for (size_t i = 0; i < count; i++) {
    functions[i].first = code[functions[i].address - start];
    code[functions[i].address - start] = BREAKPOINT;
  }
  if (pwrite(memory, code, length, start) != (ssize_t)length) fail("cannot write the program's memory");
  free(code);
}

// Whether the stop was at a breakpoint. It is gone then, and the thread is where it was before it.
static int met(pid_t thread, int memory) {
  struct user_regs_struct registers;
  if (ptrace(PTRACE_GETREGS, thread, NULL, &registers) < 0) return 0;
  struct function key = {registers.rip - 1, NULL, 0};
  struct function *function = bsearch(&key, functions, count, sizeof key, by_address);
  if (!function) return 0;
  unsigned char now;
  if (pread(memory, &now, 1, key.address) == 1 && now == BREAKPOINT) {
    puts(function->name);
    if (pwrite(memory, &function->first, 1, key.address) != 1) fail("cannot write the program's memory");
  }
  registers.rip = key.address;
  ptrace(PTRACE_SETREGS, thread, NULL, &registers);
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 2) fail("usage: touched PROGRAM [ARGUMENT …]");
  read_functions(map(argv[1]));
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) run(argv + 1);
  int status;
  if (waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status)) fail("the program cannot be traced");
  ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL);
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", child);
  int memory = open(path, O_RDWR);
  if (memory < 0) fail(path);
  set_breakpoints(memory);
  pid_t thread = child;
  int signal = 0;
  do {
    ptrace(PTRACE_CONT, thread, NULL, (void *)(long)signal);
    thread = waitpid(-1, &status, __WALL);
    signal = 0;
    if (thread > 0 && WIFSTOPPED(status)) {
      signal = WSTOPSIG(status);
      // Stops that tracing itself causes are no signals of the program.
      if (signal == SIGSTOP || (signal == SIGTRAP && (status >> 16 || met(thread, memory)))) signal = 0;
    }
  } while (thread > 0 && !(thread == child && (WIFEXITED(status) || WIFSIGNALED(status))));
  if (!WIFEXITED(status) || WEXITSTATUS(status)) fail("the program failed");
  return 0;
}
