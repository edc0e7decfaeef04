package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

const execUsage = `tapmock exec [flags] -- COMMAND [ARGUMENTS]: run a command whose calls to Tap reach a mock of its own.

The mock is started on a free port. The command finds it by its environment: API address and key for shops that are configured, proxy and trust for clients that have
https://api.tap.company written into them (PHP, Python, Node, Java, Go, curl). Signals and the exit code pass through. At the end a report on the traffic is printed.

Examples:
  tapmock exec -- php artisan test
  tapmock exec -- npm test
  tapmock exec -set payer=auto -- python3 -m pytest
  tapmock exec -print                 # the environment, and no command`

// execFlags are the flags of exec.
type execFlags struct {
	print bool
	quiet bool
	key   string
	serve *options
}

// execute runs a command with a mock of its own.
func execute(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	f, rest, err := parseExec(args, getenv, std.out)
	if err != nil {
		return helped(err)
	}
	stage, err := openExecStage(f, getenv)
	if err != nil {
		return err
	}
	defer stage.close()
	if f.print {
		for _, one := range stage.variables() {
			fmt.Fprintf(std.out, "%s=%s\n", one[0], one[1])
		}
		return nil
	}
	code, err := runChild(std, rest, stage.environment(os.Environ()))
	if !f.quiet && err == nil {
		stage.report(ctx, std.err)
	}
	if code != 0 || err != nil {
		return exitError{code, err}
	}
	return nil
}

func parseExec(args []string, getenv func(string) string, out io.Writer) (*execFlags, []string, error) {
	o, _ := newOptions()
	f := &execFlags{serve: o}
	fs := newFlags("exec")
	fs.BoolVar(&f.print, "print", false, "print the environment of the command, and run none; the mock has ended by then")
	fs.BoolVar(&f.quiet, "quiet", false, "print no report on the traffic")
	fs.StringVar(&f.key, "key", tap.PublishedTestKey, "secret `key` that the command is given")
	fs.StringVar(&o.caDir, "ca-dir", getenv("TAPMOCK_CA_DIR"), "`directory` of the CA; default: tapmock in the user's data directory")
	fs.Var(assignments{o.config.Settings.Set}, "set", "`key=value` of a setting; repeat the flag for several, or separate them by ;")
	fs.Var((*paths)(&o.config.ScenarioFiles), "scenario-files", "`path` of a scenario file, or of a directory of such files")
	fs.Func("default-scenario", "`name` of the scenario of charges for which none is chosen; + combines several", o.setDefaultScenario)
	fs.Func("seed", "`number` from which everything random is derived", o.setSeed)
	if err := parseFirstFlags(fs, args, out, execUsage); err != nil {
		return nil, nil, err
	}
	if fs.NArg() == 0 && !f.print {
		return nil, nil, usageError{errors.New("which command? Write it after --, such as tapmock exec -- npm test")}
	}
	if err := mockserver.CheckKey(f.key); err != nil {
		return nil, nil, usageError{fmt.Errorf("-key: %w", err)}
	}
	return f, fs.Args(), nil
}

// runChild runs a command, passes signals on to it, and returns its exit code; 127 if there is no such command, 126 if it cannot be run.
func runChild(std streams, argv, environment []string) (int, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = std.in, std.out, std.err, environment
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, passedSignals...)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		code := 126
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			code = 127
		}
		return code, fmt.Errorf("the command %s cannot be started: %w", argv[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			if s != os.Interrupt || !isTerminal(std.in) { // a terminal sends Ctrl-C to the command too
				_ = cmd.Process.Signal(s)
			}
		case err := <-ended:
			return childCode(cmd.ProcessState, err)
		}
	}
}

// childCode is the exit code of a command, or 128 and the number of the signal that has ended it.
func childCode(state *os.ProcessState, err error) (int, error) {
	if state == nil {
		return 1, err
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return state.ExitCode(), nil
}

// execStage is the mock of a command.
type execStage struct {
	base    string // host:port over HTTP
	key     string
	doors   *doors
	dir     string // of the files for clients
	trust   trustFiles
	traffic *traffic
	getenv  func(string) string
	close   func()
}

// openExecStage starts the mock with all its doors on free ports, and writes the files that clients need.
func openExecStage(f *execFlags, getenv func(string) string) (*execStage, error) {
	o := f.serve
	o.tlsAddr, o.proxyAddr = "127.0.0.1:0", "127.0.0.1:0"
	o.config.AdminToken = adminTokenOfExec()
	if o.config.Seed = o.seed; o.seed == 0 {
		o.config.Seed = 1
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	mock, err := mockserver.New(o.config)
	if err != nil {
		listener.Close()
		return nil, configError(err)
	}
	log := slog.New(slog.DiscardHandler)
	s := &execStage{base: listener.Addr().String(), key: f.key, getenv: getenv, traffic: newTraffic(o.config.AdminToken)}
	running, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = serveOn(running, listener, s.traffic.watch(mock), mock, log)
	}()
	s.close = func() {
		s.doors.close()
		stop()
		<-ended
		_ = os.RemoveAll(s.dir)
	}
	s.doors = &doors{}
	if s.doors, err = openDoors(o, getenv, behind{s.base, s.traffic.watch(mock), mock.EndHeldAnswers, s.traffic.refuse, log}); err == nil {
		err = s.writeTrust()
	}
	if err != nil {
		if s.doors == nil {
			s.doors = &doors{}
		}
		s.close()
		return nil, usageError{err}
	}
	return s, nil
}
