package main

import (
	"archive/tar"
	"archive/zip"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// pack writes an archive.
type pack func(io.Writer, []entry) error

// formats are the archive formats by extension.
var formats = map[string]pack{".tar.gz": tarGzip, ".zip": zipped}

// formatOf returns the folder on top of an archive and its format, both from its name.
func formatOf(archive string) (string, pack, error) {
	for extension, pack := range formats {
		if top, found := strings.CutSuffix(filepath.Base(archive), extension); found && top != "" {
			return top, pack, nil
		}
	}
	return "", nil, fmt.Errorf("%q is neither a .tar.gz nor a .zip", archive)
}

func tarGzip(w io.Writer, entries []entry) error {
	compressed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(compressed)
	for _, e := range entries {
		header := &tar.Header{Name: e.path, Size: int64(len(e.data)), Mode: int64(e.mode), ModTime: packed, Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(e.data); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), compressed.Close())
}

func zipped(w io.Writer, entries []entry) error {
	archive := zip.NewWriter(w)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.path, Method: zip.Deflate, Modified: packed}
		header.SetMode(e.mode)
		file, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := file.Write(e.data); err != nil {
			return err
		}
	}
	return archive.Close()
}
