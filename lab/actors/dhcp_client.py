"""Clients that no installed program can be: probes, BOOTP, INFORM, Rapid Commit, starvation, broken messages.

    dhcp_client.py MODE [--mac MAC] [--iface eth0] [--count N] [--address A] [--server S]
"""
import argparse
import random
import time

from scapy.all import AsyncSniffer, BOOTP, DHCP, IP, UDP, Ether, conf, sendp

conf.verb = 0
conf.checkIPaddr = False
random.seed(7)  # the same transaction ids and addresses each time

parser = argparse.ArgumentParser()
parser.add_argument("mode")
parser.add_argument("--mac", default="52:54:00:bb:00:01")
parser.add_argument("--iface", default="eth0")
parser.add_argument("--count", type=int, default=1)
parser.add_argument("--address", default="0.0.0.0")
parser.add_argument("--server", default="198.51.100.2")
args = parser.parse_args()


def raw(mac):
    return bytes.fromhex(mac.replace(":", ""))


def message(mac, xid, options, ciaddr="0.0.0.0", secs=0, flags=0, source=None, dst="255.255.255.255", ether="ff:ff:ff:ff:ff:ff"):
    head = Ether(src=source or mac, dst=ether) / IP(src=ciaddr, dst=dst, ttl=64) / UDP(sport=68, dport=67)
    body = BOOTP(chaddr=raw(mac) + bytes(10), xid=xid, ciaddr=ciaddr, secs=secs, flags=flags)
    return head / body / DHCP(options=options)


def padded(options):
    return options + ["end"]


def replies(xid, seconds):
    """Sniffs the answers to one transaction."""
    got = []
    sniffer = AsyncSniffer(iface=args.iface, filter="udp and port 68", prn=lambda p: got.append(p) if BOOTP in p and p[BOOTP].op == 2 and p[BOOTP].xid == xid else None)
    sniffer.start()
    time.sleep(0.3)
    return got, sniffer


def kind(packet):
    return next((o[1] for o in packet[DHCP].options if o[0] == "message-type"), 0) if DHCP in packet else 0


def wait(got, want, seconds=8):
    end = time.time() + seconds
    while time.time() < end:
        for packet in got:
            if kind(packet) in want:
                return packet
        time.sleep(0.02)
    raise SystemExit("no answer")


def option(packet, name):
    return next(o[1] for o in packet[DHCP].options if o[0] == name)


def maas_probe():
    """Four DISCOVERs of one transaction at 0, 2, 4, 8 s, client id 00 "MAAS-" MAC, and no REQUEST."""
    xid = random.getrandbits(32)
    identity = b"\x00MAAS-" + args.mac.encode()
    begun = time.time()
    for at in (0, 2, 4, 8):
        time.sleep(max(0, begun + at - time.time()))
        sendp(message(args.mac, xid, padded([("message-type", 1), ("client_id", identity), ("param_req_list", [3, 1, 6])]), secs=at), iface=args.iface)
    time.sleep(1)


def starve():
    """One DISCOVER for each of many invented hardware addresses, all from one port and one source."""
    for number in range(args.count):
        mac = "de:ad:%02x:%02x:%02x:%02x" % tuple(random.getrandbits(8) for _ in range(4))
        sendp(message(mac, random.getrandbits(32), padded([("message-type", 1), ("param_req_list", [1, 3, 6])]), source=args.mac), iface=args.iface)
        time.sleep(0.03)


def inform():
    """A host with its own address asks for the other parameters."""
    xid = random.getrandbits(32)
    got, sniffer = replies(xid, 5)
    sendp(message(args.mac, xid, padded([("message-type", 8), ("client_id", b"\x01" + raw(args.mac)), ("param_req_list", [1, 3, 6, 15])]), ciaddr=args.address), iface=args.iface)
    wait(got, (5,))
    sniffer.stop()


def bootp():
    """RFC 951: no option 53 at all."""
    xid = random.getrandbits(32)
    got, sniffer = replies(xid, 5)
    head = Ether(src=args.mac, dst="ff:ff:ff:ff:ff:ff") / IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67)
    sendp(head / BOOTP(chaddr=raw(args.mac) + bytes(10), xid=xid) / DHCP(options=["end"] + ["pad"] * 59), iface=args.iface)
    end = time.time() + 8
    while not got and time.time() < end:
        time.sleep(0.02)
    sniffer.stop()
    if not got:
        raise SystemExit("no answer")


def rapid_commit():
    """RFC 4039: DISCOVER with option 80 is answered by an ACK."""
    xid = random.getrandbits(32)
    got, sniffer = replies(xid, 5)
    sendp(message(args.mac, xid, padded([("message-type", 1), ("client_id", b"\x01" + raw(args.mac)), (80, b""), ("param_req_list", [1, 3, 6, 15])])), iface=args.iface)
    wait(got, (5,))
    sniffer.stop()


def ipv6_only():
    """RFC 8925: the client asks for option 108, is offered it, and stops for that time without a REQUEST. Twice."""
    for _ in range(2):
        xid = random.getrandbits(32)
        got, sniffer = replies(xid, 5)
        sendp(message(args.mac, xid, padded([("message-type", 1), ("client_id", b"\x01" + raw(args.mac)), ("param_req_list", [1, 3, 6, 15, 108])])), iface=args.iface)
        wait(got, (2,))
        sniffer.stop()
        time.sleep(2)


def malformed():
    """Messages that break RFC 2131 and 2132 in the ways that parsers fall over."""
    cookie = b"\x63\x82\x53\x63"
    fixed = bytes(BOOTP(chaddr=raw(args.mac) + bytes(10), xid=0x0BAD0001))[:236]
    bodies = [
        fixed + cookie + bytes([53, 1, 1, 12, 200]) + b"host",  # option 12 longer than the datagram
        fixed + cookie + bytes([53, 1, 1, 55, 3, 1, 3, 6]),  # no END
        fixed + cookie + bytes([53, 0, 255]),  # message type without a value
        fixed + cookie + bytes([53, 4, 1, 1, 1, 1, 255]),  # message type of four bytes
        fixed[:100],  # cut in the fixed part
        fixed + b"\x00\x00\x00\x00" + bytes([53, 1, 1, 255]),  # wrong magic cookie
        fixed[:2] + b"\xff" + fixed[3:] + cookie + bytes([53, 1, 1, 255]),  # hlen 255
        fixed + cookie + bytes([53, 1, 1, 50, 3, 198, 51, 100, 255]),  # address of three bytes
    ]
    for number, body in enumerate(bodies):
        body = body[:7] + bytes([number + 1]) + body[8:]  # a transaction of its own
        sendp(Ether(src=args.mac, dst="ff:ff:ff:ff:ff:ff") / IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67) / body, iface=args.iface)
        time.sleep(0.2)


MODES = {"maas-probe": maas_probe, "starve": starve, "inform": inform, "bootp": bootp, "rapid-commit": rapid_commit, "ipv6-only": ipv6_only, "malformed": malformed}
MODES[args.mode]()
