// A third verifier, of signatures and trees only: it reads an export with nothing but the packages that the Go project
// uses for its own checksum database (golang.org/x/mod/sumdb/note and tlog), and says what those say of it. What is inside
// the leaves it does not look at, but for their times, where a receipt is held against them. Exit codes are those of
// docs/AUDIT-LOG.md section 7.
//
//	tree BUNDLE --policy FILE [--prev FILE] [--receipts DIR]
package main

import (
	"archive/tar"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var files = strings.Fields("MANIFEST.json policy checkpoint checkpoint.prev consistency frontier entries.jsonl carry.jsonl " +
	"openings.jsonl erasures.jsonl events.csv columns.csv reports.json reports.csv reports.txt README.txt")

const (
	tampered  = 1
	malformed = 2
	untrusted = 3
	forked    = 4
	broken    = 6
)

func fail(code int, what ...any) {
	fmt.Println(append([]any{"exit", code}, what...)...)
	os.Exit(code)
}

func main() {
	var bundle string
	options := map[string]string{}
	for at := 1; at < len(os.Args); at++ {
		if strings.HasPrefix(os.Args[at], "--") && at+1 < len(os.Args) {
			options[os.Args[at]] = os.Args[at+1]
			at++
		} else {
			bundle = os.Args[at]
		}
	}
	logs := policy(options["--policy"])
	contents := unpack(bundle)
	now := checkpoint(contents["checkpoint"], logs)
	origin, _, _ := strings.Cut(string(contents["checkpoint"]), "\n")
	promised := receipts(options["--receipts"], origin, options["--policy"])
	var times []time.Time

	// Hashes where tlog looks for them: those of the frontier stand for all leaves before the period.
	hashes := stored{}
	var before tlog.Tree
	if len(contents["checkpoint.prev"]) > 0 {
		before = checkpoint(contents["checkpoint.prev"], logs)
	}
	roots := list(contents["frontier"])
	at := int64(0)
	for level := 62; level >= 0; level-- {
		if before.N>>uint(level)&1 == 1 {
			if len(roots) == 0 {
				fail(malformed, "frontier")
			}
			hashes[tlog.StoredHashIndex(level, at>>uint(level))] = roots[0]
			roots, at = roots[1:], at+1<<uint(level)
		}
	}
	if len(roots) > 0 {
		fail(malformed, "frontier")
	}
	if before.N > now.N {
		fail(forked, "rollback: checkpoint.prev")
	}
	frontier := before.N == 0 || hashes.root(before.N) == before.Hash

	// What is carried along stands in the tree before the period.
	last := int64(-1)
	for _, line := range lines(contents["carry.jsonl"]) {
		var carried struct {
			Index int64
			Proof tlog.RecordProof
			Leaf  json.RawMessage
		}
		if err := json.Unmarshal(line, &carried); err != nil {
			fail(malformed, "carry", err)
		}
		leaf := tlog.RecordHash(carried.Leaf)
		if err := tlog.CheckRecord(carried.Proof, before.N, before.Hash, carried.Index, leaf); err != nil {
			fail(tampered, "carry", carried.Index, err)
		}
		last = carried.Index
		delete(promised, leaf)
		times = []time.Time{happened(carried.Leaf)}
	}
	continued := len(times) > 0
	if last != before.N-1 {
		fail(tampered, "carry: not the last leaf")
	}

	entries := lines(contents["entries.jsonl"])
	for n, leaf := range entries {
		index := before.N + int64(n)
		delete(promised, tlog.RecordHash(leaf))
		if len(promised) > 0 {
			times = append(times, happened(leaf))
		}
		made, err := tlog.StoredHashesForRecordHash(index, tlog.RecordHash(leaf), hashes)
		if err != nil {
			fail(malformed, "entries", err)
		}
		for k, hash := range made {
			hashes[tlog.StoredHashIndex(0, index)+int64(k)] = hash
		}
	}
	if before.N+int64(len(entries)) != now.N || (now.N > 0 && hashes.root(now.N) != now.Hash) {
		fail(tampered, "root")
	}
	if !frontier {
		fail(forked, "the entries lead to the root, but not from checkpoint.prev")
	}
	if before.N > 0 {
		if err := tlog.CheckTree(list(contents["consistency"]), now.N, now.Hash, before.N, before.Hash); err != nil {
			fail(tampered, "consistency", err)
		}
	}
	if path := options["--prev"]; path != "" {
		text, err := os.ReadFile(path)
		if err == nil && strings.HasSuffix(path, ".tar") {
			earlier := unpack(path)
			text = earlier["checkpoint"]
			for _, leaf := range lines(earlier["entries.jsonl"]) {
				delete(promised, tlog.RecordHash(leaf))
			}
		}
		kept := checkpoint(text, logs)
		switch {
		case kept.N < before.N:
			fail(forked, "gap")
		case kept.N > now.N:
			fail(forked, "rollback")
		case kept.N > 0 && hashes.root(kept.N) != kept.Hash:
			fail(forked, "fork")
		}
	}
	var latest time.Time
	for _, at := range times {
		if at.After(latest) {
			latest = at
		}
	}
	for _, receipt := range promised {
		if receipt.by.Before(latest) && !(continued && receipt.by.Before(times[0])) {
			fail(broken, "receipt", receipt.name)
		}
	}
	fmt.Println("ok: signature, root", now.Hash, "of", now.N)
}

// A leaf that was promised: in which file, and by when it stands in the log.
type promise struct {
	name string
	by   time.Time
}

// The promises of this log, by the hash of the leaf. Each is signed over the root of a small tree, in which its leaf has a
// place and a path; tlog checks that as it does one of its own records.
func receipts(directory, origin, path string) map[tlog.Hash]promise {
	promised := map[tlog.Hash]promise{}
	if directory == "" {
		return promised
	}
	found, err := os.ReadDir(directory)
	if err != nil {
		fail(malformed, err)
	}
	for _, file := range found {
		text, _ := os.ReadFile(directory + "/" + file.Name())
		data, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimSuffix(string(text), "\n"))
		if err != nil || len(data) < 80 || data[0] != 1 || data[77] > 16 || len(data) < 80+32*int(data[77]) {
			fail(malformed, "receipt", file.Name())
		}
		levels, place := int(data[77]), int64(binary.BigEndian.Uint16(data[78:]))
		leaf := data[80+32*levels:]
		proof := tlog.RecordProof{}
		for at := 80; at < 80+32*levels; at += 32 {
			proof = append(proof, tlog.Hash(*(*[32]byte)(data[at:])))
		}
		if place>>levels != 0 || !json.Valid(leaf) {
			fail(malformed, "receipt", file.Name())
		}
		hash, by := tlog.RecordHash(leaf), int64(binary.BigEndian.Uint64(data[5:]))
		root := climb(hash, place, proof)
		if err := tlog.CheckRecord(proof, 1<<levels, root, place, hash); err != nil {
			fail(malformed, "receipt", file.Name(), err)
		}
		text = []byte(fmt.Sprintf("trefpunt/v1/receipt\n%s\n%s\n%d\n", origin, root, by))
		id := binary.BigEndian.Uint32(data[1:])
		key, err := policy(path).Verifier(origin, id)
		if err != nil || !key.Verify(text, data[13:77]) {
			fail(untrusted, "receipt", file.Name())
		}
		promised[hash] = promise{file.Name(), time.Unix(by, 0)}
	}
	return promised
}

// The root to which a path leads from a leaf, in a tree with as many leaves as a power of two.
func climb(hash tlog.Hash, place int64, path tlog.RecordProof) tlog.Hash {
	for _, sibling := range path {
		if place&1 == 1 {
			hash = tlog.NodeHash(sibling, hash)
		} else {
			hash = tlog.NodeHash(hash, sibling)
		}
		place >>= 1
	}
	return hash
}

// When a leaf says that it happened.
func happened(leaf []byte) time.Time {
	var read struct{ T time.Time }
	if err := json.Unmarshal(leaf, &read); err != nil {
		fail(malformed, err)
	}
	return read.T
}

// The `log` lines of a policy; witnesses are not this program's.
func policy(path string) note.Verifiers {
	text, err := os.ReadFile(path)
	if err != nil {
		fail(malformed, err)
	}
	var keys []note.Verifier
	for _, line := range strings.Split(string(text), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "log" {
			key, err := note.NewVerifier(words[1])
			if err != nil {
				fail(malformed, err)
			}
			keys = append(keys, key)
		}
	}
	return note.VerifierList(keys...)
}

func checkpoint(text []byte, logs note.Verifiers) tlog.Tree {
	opened, err := note.Open(text, logs)
	var unknown *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	if errors.As(err, &unknown) || errors.As(err, &invalid) {
		fail(untrusted, err)
	}
	if err != nil {
		fail(malformed, err)
	}
	words := strings.Split(opened.Text, "\n")
	if len(words) != 4 {
		fail(malformed, "checkpoint")
	}
	size, err := strconv.ParseInt(words[1], 10, 64)
	root, wrong := tlog.ParseHash(words[2])
	if err != nil || wrong != nil {
		fail(malformed, "checkpoint")
	}
	return tlog.Tree{N: size, Hash: root}
}

func unpack(path string) map[string][]byte {
	file, err := os.Open(path)
	if err != nil {
		fail(malformed, err)
	}
	contents, reader := map[string][]byte{}, tar.NewReader(file)
	for _, name := range files {
		header, err := reader.Next()
		if err != nil || header.Name != name || header.Typeflag != tar.TypeReg {
			fail(malformed, "archive", name)
		}
		if contents[name], err = io.ReadAll(reader); err != nil {
			fail(malformed, "archive", err)
		}
	}
	if _, err := reader.Next(); err != io.EOF {
		fail(malformed, "archive: more files")
	}
	return contents
}

func lines(text []byte) [][]byte {
	text = bytes.TrimSuffix(text, []byte("\n"))
	if len(text) == 0 {
		return nil
	}
	return bytes.Split(text, []byte("\n"))
}

func list(text []byte) []tlog.Hash {
	var hashes []tlog.Hash
	for _, line := range lines(text) {
		hash, err := tlog.ParseHash(string(line))
		if err != nil {
			fail(malformed, err)
		}
		hashes = append(hashes, hash)
	}
	return hashes
}

// Hashes by tlog's own numbering.
type stored map[int64]tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		hash, found := s[index]
		if !found {
			return nil, fmt.Errorf("no hash %d", index)
		}
		hashes[at] = hash
	}
	return hashes, nil
}

func (s stored) root(size int64) tlog.Hash {
	root, err := tlog.TreeHash(size, s)
	if err != nil {
		fail(malformed, err)
	}
	return root
}
