#!/bin/sh
# Makes the corpora to start from: a short file of every kind that the engine reads, and the examples' documents.
# Needs ffmpeg.
set -eu
cd "$(dirname "$0")"
mkdir -p corpus/decode corpus/inspect corpus/document
make() {
    file=corpus/decode/$1
    shift
    ffmpeg -v error -nostdin -y -f lavfi -i 'aevalsrc=0.3*sin(1380*t)|0.2*sin(690*t*(1+t)):s=44100:d=0.04' \
        -metadata title=Seed -metadata artist=Fuzz "$@" "$file"
}
make s16.wav -c:a pcm_s16le
make s24.wav -c:a pcm_s24le -write_bext 1 -metadata description=x
make f32.wav -c:a pcm_f32le
make u8.wav -c:a pcm_u8
make rf64.wav -c:a pcm_s24le -rf64 always
make s24.aiff -c:a pcm_s24be -write_id3v2 1
make f32.aifc -c:a pcm_f32be -f aiff
make s16.caf -c:a pcm_s16le
make alac.caf -c:a alac
make s16.flac -c:a flac
make s24.flac -c:a flac -sample_fmt s32
make alac.m4a -c:a alac
make aac.m4a -c:a aac -b:a 64k
make aac.mp4 -c:a aac -b:a 64k -movflags +frag_keyframe+empty_moov
make adts.aac -c:a aac -b:a 64k -f adts
make cbr.mp3 -c:a libmp3lame -b:a 64k
make vbr.mp3 -c:a libmp3lame -q:a 6 -id3v2_version 3 -write_id3v1 1
make low.mp3 -c:a libmp3lame -b:a 16k -ar 16000
make vorbis.ogg -c:a libvorbis -q:a 1
make flac.ogg -c:a flac -f ogg
make music.opus -c:a libopus -b:a 32k
make voice.opus -c:a libopus -b:a 12k -ac 1 -application voip
cp corpus/decode/* corpus/inspect/
cp ../examples/*.json corpus/document/
