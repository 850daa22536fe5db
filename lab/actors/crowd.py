"""Many stations behind one port announce themselves by ARP, each once.

    crowd.py --count N --seconds S [--prefix HEX]

Without a prefix each has an address at random, as tools make that fill MAC address tables; with one they are guests of
one vendor. Addresses are the same in every run.
"""
import argparse
import random
import time

from scapy.all import ARP, Ether, conf

parser = argparse.ArgumentParser()
parser.add_argument("--count", type=int, default=1300)
parser.add_argument("--seconds", type=float, default=6)
parser.add_argument("--prefix", default="")
args = parser.parse_args()
chance = random.Random(7)
socket = conf.L2socket(iface="eth0")
begun = time.monotonic()
for number in range(args.count):
    raw = bytes.fromhex(args.prefix) + number.to_bytes(3, "big") if args.prefix else chance.randbytes(6)
    # No group address.
    mac = bytes([raw[0] & 0xFE]) + raw[1:]
    text = ":".join("%02x" % one for one in mac)
    address = "10.%d.%d.%d" % (number >> 16, number >> 8 & 255, number & 255)
    socket.send(Ether(src=text, dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, hwsrc=text, psrc=address, pdst=address))
    time.sleep(max(0, begun + args.seconds * (number + 1) / args.count - time.monotonic()))
